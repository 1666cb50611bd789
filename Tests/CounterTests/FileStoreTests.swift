import Glibc
import Testing

@testable import Counter

typealias SimulatedStore = FileStore<SimulatedCalls>

/// A store of which the directory is there and may be written; the files in it are the simulated disk's.
func simulatedStore(
    _ calls: SimulatedCalls, _ mode: SimulatedStore.Mode = .singleWriter
) throws -> SimulatedStore {
    var store = try SimulatedStore(path: "/tmp/counter.json", mode: mode, calls: calls)
    #expect(try store.acquire())
    return store
}

@Suite struct FileStoreTests {
    private func error(_ body: () throws -> some Any) -> StoreError? {
        do {
            let result = try body()
            Issue.record("no error, but \(result)")
            return nil
        } catch {
            return error as? StoreError
        }
    }

    @Test func aCountBelowAnAcknowledgedOneIsRefusedWithBothNumbers() throws {
        let calls = SimulatedCalls()
        var store = try simulatedStore(calls, .shared)
        for _ in 0..<5 { _ = try store.add(1) }
        calls.disk.put("counter.json", "{\"counter\": 4}")
        let refusal = error { try store.add(1) }
        #expect(refusal?.kind == .corrupt)
        #expect(refusal?.description.contains("has 4, though 5 was acknowledged") == true, "\(refusal!)")
        #expect(error { try store.read() }?.kind == .corrupt)
        calls.disk.put("counter.json", "{\"counter\": 9}")
        #expect(try store.add(1).count == 10)
    }

    @Test func aFileThatVanishesIsNotTakenForAZero() throws {
        let calls = SimulatedCalls()
        var store = try simulatedStore(calls, .shared)
        _ = try store.add(3)
        calls.disk.change(["counter.json": nil])
        #expect(error { try store.add(1) }?.kind == .corrupt)
        #expect(calls.disk.names["counter.json"] == nil, "and none is made")
    }

    @Test func aSingleWriterWhoseFileVanishesStopsCounting() throws {
        let calls = SimulatedCalls()
        var store = try simulatedStore(calls)
        _ = try store.add(3)
        calls.disk.change(["counter.json": nil])
        #expect(error { try store.add(1) }?.kind == .rename)
        #expect(error { try store.add(1) }?.kind == .corrupt)
    }

    @Test(arguments: ["", "{\"counter\": ", "[]", "{\"counter\": -1}", "\u{0}\u{0}\u{0}\u{0}"])
    func aFileThatIsNotUnderstoodIsNeverOverwritten(garbage: String) throws {
        let calls = SimulatedCalls()
        var store = try simulatedStore(calls, .shared)
        _ = try store.add(1)
        calls.disk.put("counter.json", garbage)
        calls.forgetLog()
        for _ in 0..<3 { #expect(error { try store.add(1) }?.kind == .corrupt) }
        #expect(calls.disk.content("counter.json") == Array(garbage.utf8))
        #expect(!calls.log.contains("write"), "\(calls.log)")
    }

    @Test func aFileThatIsNotUnderstoodEndsTheStartAndIsNamed() {
        let calls = SimulatedCalls()
        calls.disk.put("counter.json", "five")
        let refusal = error { try simulatedStore(calls) }
        #expect(refusal?.kind == .corrupt)
        #expect(refusal?.description.contains("/tmp/counter.json") == true)
    }

    @Test func aStandbyCountsOnFromWhatTheOtherLeft() throws {
        let calls = SimulatedCalls()
        calls.lockIsHeldElsewhere = true
        var standby = try SimulatedStore(path: "/tmp/counter.json", mode: .singleWriter, calls: calls)
        for _ in 0..<3 { #expect(try !standby.acquire()) }
        #expect(calls.openDescriptors == 2, "\(calls.openDescriptors) open: each try made another")
        calls.disk.put("counter.json", "{\"counter\": 77}")
        calls.lockIsHeldElsewhere = false
        #expect(try standby.acquire())
        #expect(try standby.add(1).count == 78)
    }

    @Test func aStandbyThatLeavesTouchesNoTemporaryFileOfTheOthers() throws {
        let calls = SimulatedCalls()
        calls.lockIsHeldElsewhere = true
        calls.disk.put(".counter.json.tmp", "the other's")
        var standby = try SimulatedStore(path: "/tmp/counter.json", mode: .singleWriter, calls: calls)
        #expect(try !standby.acquire())
        standby.close()
        #expect(calls.disk.content(".counter.json.tmp") == Array("the other's".utf8))
        #expect(calls.openDescriptors == 0, "\(calls.openDescriptors) descriptors are left open")
    }

    @Test func aLockFileThatWasReplacedIsLockedAnew() throws {
        let calls = SimulatedCalls()
        var store = try simulatedStore(calls, .shared)
        _ = try store.add(1)
        calls.disk.change(["counter.lock": nil])
        _ = calls.disk.create("counter.lock")
        calls.forgetLog()
        _ = try store.add(1)
        #expect(
            calls.log.prefix(6) == [
                "flock", "fstat counter.lock", "fstatat counter.lock", "open counter.lock", "flock",
                "fstat counter.lock",
            ])
        #expect(calls.openDescriptors == 2, "\(calls.openDescriptors) open: the old lock is one of them")
    }

    @Test func aLockFileThatWasDeletedIsMadeAnew() throws {
        let calls = SimulatedCalls()
        var store = try simulatedStore(calls, .shared)
        _ = try store.add(1)
        calls.disk.change(["counter.lock": nil])
        #expect(try store.add(1).count == 2)
        #expect(calls.disk.names["counter.lock"] != nil)
    }

    @Test(arguments: [SimulatedStore.Mode.singleWriter, .shared])
    func atTheMaximumAsManyAreAddedAsFitAndNothingIsWrittenForNone(mode: SimulatedStore.Mode) throws {
        let calls = SimulatedCalls()
        calls.disk.put("counter.json", "{\"counter\": \(Int64.max - 2)}")
        var store = try simulatedStore(calls, mode)
        #expect(try store.add(5) == Addition(count: Int64.max, added: 2))
        calls.forgetLog()
        #expect(try store.add(5) == Addition(count: Int64.max, added: 0))
        #expect(!calls.log.contains("write"), "\(calls.log)")
        #expect(try store.read() == Int64.max)
    }

    @Test func aTrialOfNoneProvesThatTheStoreCanCommit() throws {
        let calls = SimulatedCalls()
        calls.disk.put("counter.json", "{\"counter\": 5}")
        var store = try simulatedStore(calls)
        calls.fault = { $0 == "fsync" ? EIO : nil }
        #expect(error { try store.add(0) }?.kind == .sync)
        calls.fault = { _ in nil }
        #expect(try store.add(0) == Addition(count: 5, added: 0))
    }

    @Test func aSingleWriterReadsFromMemoryAndASharedOneFromTheFileUnderTheLock() throws {
        let calls = SimulatedCalls()
        var single = try simulatedStore(calls)
        _ = try single.add(2)
        calls.forgetLog()
        #expect(try single.read() == 2)
        #expect(calls.log == [], "\(calls.log)")
        var shared = try simulatedStore(calls, .shared)
        calls.disk.put("counter.json", "{\"counter\": 8}")
        calls.forgetLog()
        #expect(try shared.read() == 8)
        #expect(
            calls.log == [
                "open counter.lock", "flock", "fstat counter.lock", "fstatat counter.lock",
                "open counter.json", "read counter.json", "unlock",
            ])
    }

    @Test func aMissingDirectoryIsNamed() {
        let refusal = error {
            try FileStore(path: "/no/such/directory/c.json", mode: .singleWriter, calls: LinuxFileCalls())
        }
        #expect(refusal?.kind == .directory)
        #expect(refusal?.description.contains("/no/such/directory") == true)
    }
}
