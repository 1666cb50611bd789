import Glibc
import Testing

@testable import Counter

/// Cuts the power before and after every call of several commits, and looks at every state that the disk may be in.
@Suite struct CrashSafetyTests {
    typealias Store = FileStore<SimulatedCalls>

    private func store(_ mode: Store.Mode, _ cuts: PowerCuts) throws -> Store {
        var store = try Store(path: "/tmp/counter.json", mode: mode, calls: cuts.calls)
        #expect(try store.acquire())
        return store
    }

    private func faults(_ mode: Store.Mode, _ cuts: PowerCuts, commits: Int = 6) throws -> Set<String> {
        var store = try store(mode, cuts)
        cuts.run(commits) { try store.add(1).count }
        return cuts.faults
    }

    @Test(arguments: [Store.Mode.singleWriter, .shared])
    func everyCutLeavesAWholeFileWithNothingAcknowledgedLost(mode: Store.Mode) throws {
        let cuts = PowerCuts()
        #expect(try faults(mode, cuts) == [])
        #expect(cuts.acknowledged == 6, "acknowledged \(cuts.acknowledged)")
    }

    /// One call in turn fails, or several in a row, so that what tidies up after the first fails as well.
    @Test(arguments: [Store.Mode.singleWriter, .shared], [1, 2, 4])
    func soItIsWhicheverCallsFail(mode: Store.Mode, inARow: Int) throws {
        for late in [false, true] {
            for first in 0..<(try callsOfCommits(mode)) {
                let cuts = PowerCuts(failing: first..<(first + inARow), late: late)
                let faults = try faults(mode, cuts)
                #expect(faults == [], "calls from \(first) on, late: \(late): \(cuts.calls.log)")
                #expect(cuts.acknowledged >= 2, "\(cuts.acknowledged) of 6: it did not recover")
            }
        }
    }

    private func callsOfCommits(_ mode: Store.Mode) throws -> Int {
        let cuts = PowerCuts()
        _ = try faults(mode, cuts, commits: 4)
        return cuts.made
    }

    @Test(arguments: [Store.Mode.singleWriter, .shared])
    func fromWhateverACutLeavesTheServiceStartsAndCountsOn(mode: Store.Mode) throws {
        let cuts = PowerCuts(failing: 20..<21)
        var left: [SimulatedDisk.State: Int64] = [:]
        cuts.visit = { left[$0] = max($1, left[$0] ?? -1) }
        _ = try faults(mode, cuts)
        #expect(left.count > 10, "only \(left.count) states")
        for (state, acknowledged) in left {
            let calls = SimulatedCalls(SimulatedDisk(state))
            var store = try Store(path: "/tmp/counter.json", mode: mode, calls: calls)
            #expect(try store.acquire())
            let count = try store.add(1).count
            #expect(count > acknowledged, "\(count) after \(acknowledged) was acknowledged")
            store.close()
            #expect(calls.disk.content(".counter.json.tmp") == nil, "a temporary file is left")
        }
    }

    @Test(arguments: [Store.Mode.singleWriter, .shared])
    func theCheckFindsAMissingSyncOfTheContent(mode: Store.Mode) throws {
        #expect(try faults(mode, PowerCuts(.contentIsNotSynced), commits: 3).contains("not whole"))
    }

    @Test(arguments: [Store.Mode.singleWriter, .shared])
    func theCheckFindsAMissingSyncOfTheDirectory(mode: Store.Mode) throws {
        let faults = try faults(mode, PowerCuts(.directoryIsNotSynced), commits: 3)
        #expect(!faults.isDisjoint(with: ["lost", "no file"]), "found \(faults)")
    }

    @Test(arguments: CarelessStore.Mistake.allCases)
    func theCheckFindsWhatACarelessStoreDoesWrong(mistake: CarelessStore.Mistake) throws {
        var faults: Set<String> = []
        for call in 0..<30 {
            let cuts = PowerCuts(failing: call..<(call + 1))
            var store = try CarelessStore(mistake, cuts.calls)
            cuts.run(6) { try store.add() }
            faults.formUnion(cuts.faults)
        }
        if let consequence = mistake.consequence {
            #expect(faults.contains(consequence), "\(mistake) was not found, but \(faults)")
        } else {
            #expect(faults == [], "the same store without a mistake")
        }
    }
}
