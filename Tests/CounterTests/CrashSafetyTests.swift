import Glibc
import Testing

@testable import Counter

/// Cuts the power before and after every call of several commits, and looks at every state that the disk may be in.
@Suite struct CrashSafetyTests {
    typealias Store = FileStore<SimulatedCalls>

    /// Commits through every step, with one sync made to fail in between.
    /// - Returns: what was found wrong, in words; empty when nothing was.
    private func faultsFound(_ mode: Store.Mode, _ flaw: SimulatedDisk.Flaw = .none, failing: String? = nil)
        throws
        -> Set<String>
    {
        let calls = SimulatedCalls(SimulatedDisk(flaw))
        var (acknowledged, attempted): (Int64, Int64) = (-1, 0)
        var faults: Set<String> = []
        let check = {
            for content in calls.disk.contentsAfterCut("counter.json") {
                // Before the first acknowledgement there may be no file yet.
                guard let content else {
                    if acknowledged >= 0 { faults.insert("no file") }
                    continue
                }
                guard let count = CounterDocument.decode(content) else {
                    faults.insert("not whole")
                    continue
                }
                if count < acknowledged { faults.insert("lost") }
                if count > attempted { faults.insert("from nowhere") }
            }
        }
        var commits = 0
        calls.fault = { call in
            check()
            return commits == 4 && call == failing ? EIO : nil
        }
        var store = try Store(path: "/tmp/counter.json", mode: mode, calls: calls)
        _ = try store.acquire()
        for _ in 0..<8 {
            commits += 1
            attempted += 1
            // What failed may be in the count or not: the next is told the number.
            if let count = try? store.add(1).count { (acknowledged, attempted) = (count, count) }
            check()
        }
        return faults
    }

    @Test(arguments: [Store.Mode.singleWriter, .shared])
    func everyCutLeavesAWholeFileWithNothingAcknowledgedLost(mode: Store.Mode) throws {
        #expect(try faultsFound(mode) == [])
    }

    @Test(arguments: [Store.Mode.singleWriter, .shared])
    func soItIsAcrossAnyFailedStep(mode: Store.Mode) throws {
        for step in ["write", "fsync", "fdatasync", "exchange", "rename", "fsync directory", "unlink"] {
            #expect(try faultsFound(mode, failing: step) == [], "a failed \(step)")
        }
    }

    @Test(arguments: [Store.Mode.singleWriter, .shared])
    func theCheckFindsAMissingSyncOfTheContent(mode: Store.Mode) throws {
        #expect(try faultsFound(mode, .contentIsNotSynced).contains("not whole"))
    }

    @Test(arguments: [Store.Mode.singleWriter, .shared])
    func theCheckFindsAMissingSyncOfTheDirectory(mode: Store.Mode) throws {
        let faults = try faultsFound(mode, .directoryIsNotSynced)
        #expect(!faults.isDisjoint(with: ["lost", "no file"]), "found \(faults)")
    }
}
