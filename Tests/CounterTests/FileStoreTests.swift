import Glibc
import Testing

@testable import Counter

@Suite struct FileStoreTests {
    private func store(
        _ calls: SimulatedCalls, _ mode: FileStore<SimulatedCalls>.Mode = .singleWriter
    ) throws -> FileStore<SimulatedCalls> {
        // A directory that is there and may be written; the files in it are the simulated disk's.
        var store = try FileStore(path: "/tmp/counter.json", mode: mode, calls: calls)
        #expect(try store.acquire())
        return store
    }

    @Test func theFirstCommitOfASingleWriterReplacesAndTheNextOnesExchange() throws {
        let calls = SimulatedCalls()
        var store = try store(calls)
        calls.forgetLog()
        #expect(try store.add(1) == Addition(count: 1, added: 1))
        #expect(
            calls.log == [
                "open counter.json", "unlink", "open .counter.json.tmp", "write", "fsync", "rename",
                "fsync directory",
            ])
        calls.forgetLog()
        #expect(try store.add(2).count == 3)
        #expect(
            calls.log == [
                "unlink", "open .counter.json.tmp", "write", "fsync", "exchange", "fsync directory",
            ])
        calls.forgetLog()
        #expect(try store.add(3).count == 6)
        #expect(calls.log == ["write", "fdatasync", "exchange", "fsync directory"])
    }

    @Test func aSharedCommitLocksReadsReplacesAndUnlocks() throws {
        let calls = SimulatedCalls()
        var store = try store(calls, .shared)
        _ = try store.add(1)
        for count in [2, 3] as [Int64] {
            calls.forgetLog()
            #expect(try store.add(1).count == count)
            #expect(
                calls.log == [
                    "flock", "open counter.json", "read counter.json", "unlink", "open .counter.json.tmp",
                    "write",
                    "fsync", "rename", "fsync directory", "unlock",
                ])
        }
        #expect(calls.openDescriptors == 2, "the directory and the lock, not \(calls.openDescriptors)")
    }

    @Test(arguments: [
        "write", "fsync", "fdatasync", "exchange", "rename", "fsync directory", "open .counter.json.tmp",
    ])
    func afterAFailedStepTheDiskIsReadAgainAndCountingGoesOn(step: String) throws {
        let calls = SimulatedCalls()
        var store = try store(calls)
        for _ in 0..<3 { _ = try store.add(1) }
        calls.fault = { $0 == step ? ENOSPC : nil }
        var failures = 0
        for _ in 0..<2 { do { _ = try store.add(1) } catch { failures += 1 } }
        calls.fault = { _ in nil }
        calls.forgetLog()
        let count = try store.add(1).count
        #expect((4...6).contains(count), "\(count): 3 were acknowledged, 3 more attempted")
        if failures > 0 && calls.log.first != "write" {
            #expect(calls.log.first == "open counter.json" || failures < 2, "begins with \(calls.log)")
        }
        store.close()
        #expect(calls.openDescriptors == 0, "\(calls.openDescriptors) descriptors are left open")
        #expect(calls.disk.names[".counter.json.tmp"] == nil, "a temporary file is left")
    }

    @Test func aFileSystemThatCannotExchangeIsReplacedOnThePlainWay() throws {
        let calls = SimulatedCalls()
        var store = try store(calls)
        calls.fault = { $0 == "exchange" ? EINVAL : nil }
        for count in 1...4 as ClosedRange<Int64> { #expect(try store.add(1).count == count) }
        #expect(calls.log.suffix(2) == ["rename", "fsync directory"])
        #expect(calls.log.filter { $0 == "exchange" }.count == 1, "tried once and not again")
    }

    @Test func theModeOfAnExistingFileIsKept() throws {
        let calls = SimulatedCalls()
        let number = calls.disk.create("counter.json")
        calls.disk.write(number, Array("{\"counter\": 5}".utf8))
        calls.give(number, mode: 0o640)
        var store = try store(calls)
        #expect(try store.add(1).count == 6)
        #expect(calls.modes[calls.disk.names["counter.json"]!] == 0o640)
    }

    @Test func aCountBelowAnAcknowledgedOneIsRefused() throws {
        let calls = SimulatedCalls()
        var store = try store(calls, .shared)
        for _ in 0..<5 { _ = try store.add(1) }
        calls.disk.write(calls.disk.names["counter.json"]!, Array("{\"counter\": 4}".utf8))
        #expect(throws: StoreError.self) { try store.add(1) }
        #expect(throws: StoreError.self) { try store.read() }
        calls.disk.write(calls.disk.names["counter.json"]!, Array("{\"counter\": 9}".utf8))
        #expect(try store.add(1).count == 10)
    }

    @Test func aFileThatIsNotUnderstoodIsNeverOverwritten() throws {
        let calls = SimulatedCalls()
        var store = try store(calls, .shared)
        _ = try store.add(1)
        let garbage = Array("{\"counter\": ".utf8)
        calls.disk.write(calls.disk.names["counter.json"]!, garbage)
        calls.forgetLog()
        #expect(throws: StoreError.self) { try store.add(1) }
        #expect(calls.disk.files[calls.disk.names["counter.json"]!]!.content == garbage)
        #expect(!calls.log.contains("write"))
    }

    @Test func aStandbyCountsOnFromWhatTheOtherLeft() throws {
        let calls = SimulatedCalls()
        calls.lockIsHeldElsewhere = true
        var standby = try FileStore(path: "/tmp/counter.json", mode: .singleWriter, calls: calls)
        #expect(try !standby.acquire())
        calls.disk.write(calls.disk.create("counter.json"), Array("{\"counter\": 77}".utf8))
        calls.lockIsHeldElsewhere = false
        #expect(try standby.acquire())
        #expect(try standby.add(1).count == 78)
    }

    @Test func aLockFileThatWasReplacedIsLockedAnew() throws {
        let calls = SimulatedCalls()
        var store = try store(calls, .shared)
        _ = try store.add(1)
        calls.disk.change(["counter.lock": nil])
        calls.forgetLog()
        _ = try store.add(1)
        #expect(calls.log.prefix(3) == ["flock", "open counter.lock", "flock"])
    }

    @Test func aMissingDirectoryIsNamed() {
        #expect {
            try FileStore(path: "/no/such/directory/c.json", mode: .singleWriter, calls: LinuxFileCalls())
        } throws: {
            ($0 as? StoreError)?.kind == .directory && "\($0)".contains("/no/such/directory")
        }
    }
}
