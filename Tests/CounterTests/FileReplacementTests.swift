import Glibc
import Testing

@testable import Counter

@Suite struct FileReplacementTests {
    /// How far a store has come before the commit that a test is about.
    enum Stage: CaseIterable {
        /// There is no file yet.
        case first
        /// There is one, and nothing to recycle.
        case second
        /// The older file is recycled.
        case third
        case shared

        var mode: SimulatedStore.Mode { self == .shared ? .shared : .singleWriter }

        var commitsBefore: Int64 {
            switch self {
            case .first: 0
            case .second: 1
            case .third: 2
            case .shared: 1
            }
        }

        private static let lock = ["flock", "fstat counter.lock", "fstatat counter.lock"]
        private static let read = ["open counter.json", "read counter.json"]
        private static let create = [
            "unlink", "fstatat counter.json", "open .counter.json.tmp", "write", "fsync",
        ]

        var calls: [String] {
            switch self {
            case .first: ["open counter.json"] + Self.create + ["rename", "fsync directory"]
            case .second: Self.create + ["exchange", "fsync directory"]
            case .third: ["write", "fdatasync", "exchange", "fsync directory"]
            case .shared: Self.lock + Self.read + Self.create + ["rename", "fsync directory", "unlock"]
            }
        }
    }

    /// A store that has come to `stage`, its log empty.
    private func store(_ stage: Stage, _ calls: SimulatedCalls) throws -> SimulatedStore {
        var store = try simulatedStore(calls, stage.mode)
        for _ in 0..<stage.commitsBefore { _ = try store.add(1) }
        calls.forgetLog()
        return store
    }

    @Test(arguments: Stage.allCases)
    func theCallsOfACommitAreMadeInTheirOrder(stage: Stage) throws {
        let calls = SimulatedCalls()
        var store = try store(stage, calls)
        #expect(try store.add(1).count == stage.commitsBefore + 1)
        #expect(calls.log == stage.calls)
    }

    private func kind(of call: String) -> StoreError.Kind {
        switch call {
        case "open counter.json", "read counter.json": .read
        case "fsync", "fdatasync", "fsync directory": .sync
        case "rename", "exchange": .rename
        case "flock", "fstat counter.lock", "fstatat counter.lock": .lock
        default: .write
        }
    }

    @Test(arguments: Stage.allCases, [EIO, ENOSPC, EDQUOT, EROFS])
    func whicheverCallFailsNothingOfItsAttemptIsUsedAgain(stage: Stage, code: Int32) throws {
        for (index, call) in stage.calls.enumerated() where call != "unlock" {
            let calls = SimulatedCalls()
            var store = try store(stage, calls)
            calls.fault = { _ in calls.log.count == index + 1 ? code : nil }
            do {
                let addition = try store.add(1)
                Issue.record("\(addition.count) was acknowledged though \(call) failed")
            } catch {
                #expect(error.kind == kind(of: call), "\(call) failed: \(error)")
                #expect(error.description.contains(Errno(code).description), "\(error)")
            }
            calls.fault = { _ in nil }
            #expect(calls.openDescriptors <= 2, "\(calls.openDescriptors) open after a failed \(call)")
            try expectAFreshStart(&store, calls, after: call, from: stage)
        }
    }

    /// The next commit asks the disk and makes a new file.
    private func expectAFreshStart(
        _ store: inout SimulatedStore, _ calls: SimulatedCalls, after call: String, from stage: Stage
    ) throws {
        if kind(of: call) != .lock, kind(of: call) != .read {
            #expect(calls.disk.names[".counter.json.tmp"] == nil, "left after a failed \(call)")
        }
        calls.forgetLog()
        let count = try store.add(1).count
        // What failed behind the rename is in the count: no one was told its number.
        let expected = stage.commitsBefore + (call == "fsync directory" ? 2 : 1)
        #expect(count == expected, "\(count) after a failed \(call)")
        #expect(calls.log.contains("open counter.json"), "\(call) failed, then \(calls.log)")
        #expect(calls.log.contains("open .counter.json.tmp"), "\(call) failed, then \(calls.log)")
        #expect(!calls.log.contains("exchange"), "\(call) failed, then \(calls.log)")
        store.close()
        #expect(calls.openDescriptors == 0, "\(calls.openDescriptors) descriptors are left open")
        #expect(calls.disk.names[".counter.json.tmp"] == nil, "a temporary file is left")
    }

    @Test(arguments: [EINVAL, ENOSYS])
    func aFileSystemThatCannotExchangeIsReplacedOnThePlainWay(code: Int32) throws {
        let calls = SimulatedCalls()
        var store = try simulatedStore(calls)
        calls.fault = { $0 == "exchange" ? code : nil }
        for count in 1...4 as ClosedRange<Int64> { #expect(try store.add(1).count == count) }
        #expect(calls.log.suffix(2) == ["rename", "fsync directory"])
        #expect(calls.log.filter { $0 == "exchange" }.count == 1, "tried once and not again")
        #expect(!calls.log.contains("fdatasync"), "nothing is recycled: \(calls.log)")
        #expect(calls.openDescriptors == 2, "the directory and the lock, not \(calls.openDescriptors)")
        #expect(calls.disk.names[".counter.json.tmp"] == nil, "a temporary file is left")
    }

    @Test func aRenameThatWasDoneAndReportedAsFailedIsSeenOnTheDisk() throws {
        let calls = SimulatedCalls()
        var store = try simulatedStore(calls, .shared)
        _ = try store.add(1)
        // As NFS does when the answer to the first request got lost.
        calls.lateFault = { $0 == "rename" ? ENOENT : nil }
        #expect(throws: StoreError.self) { try store.add(1) }
        calls.lateFault = { _ in nil }
        #expect(try store.add(1).count == 3, "2 was attempted, and may have been seen")
    }

    @Test func whatACrashLeftUnderTheTemporaryNameIsReplaced() throws {
        let calls = SimulatedCalls()
        calls.disk.put(".counter.json.tmp", "half a fil")
        var store = try simulatedStore(calls)
        #expect(try store.add(1).count == 1)
        store.close()
        #expect(calls.disk.names[".counter.json.tmp"] == nil, "a temporary file is left")
    }

    @Test(arguments: [0o640, 0o400, 0o666] as [mode_t], [SimulatedStore.Mode.singleWriter, .shared])
    func theModeOfAnExistingFileIsKept(mode: mode_t, sharing: SimulatedStore.Mode) throws {
        let calls = SimulatedCalls()
        calls.disk.put("counter.json", "{\"counter\": 5}")
        calls.setMode("counter.json", mode)
        var store = try simulatedStore(calls, sharing)
        for count in 6...9 as ClosedRange<Int64> {
            #expect(try store.add(1).count == count)
            #expect(calls.mode("counter.json") == mode, "at \(count)")
        }
    }

    @Test func aNewFileIsItsOwnersAlone() throws {
        let calls = SimulatedCalls()
        var store = try simulatedStore(calls)
        _ = try store.add(1)
        #expect(calls.mode("counter.json") == 0o600)
        #expect(calls.mode("counter.lock") == 0o600)
    }

    @Test func aModeThatCannotBeSetFailsTheCommitAndLeavesNoDescriptor() throws {
        let calls = SimulatedCalls()
        calls.disk.put("counter.json", "{\"counter\": 5}")
        calls.setMode("counter.json", 0o644)
        var store = try simulatedStore(calls)
        calls.fault = { $0 == "fchmod" ? EPERM : nil }
        #expect(throws: StoreError.self) { try store.add(1) }
        #expect(calls.openDescriptors == 2, "the directory and the lock, not \(calls.openDescriptors)")
        #expect(calls.disk.names[".counter.json.tmp"] == nil, "a temporary file is left")
    }
}
