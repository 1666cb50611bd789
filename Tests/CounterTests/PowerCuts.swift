import Glibc

@testable import Counter

/// Looks, at every call of a store and after every commit, at all that a power cut may leave there, and says in words
/// what would be wrong with it.
final class PowerCuts {
    let calls: SimulatedCalls
    private(set) var faults: Set<String> = []
    private(set) var acknowledged: Int64 = -1
    private var attempted: Int64 = 0
    /// How many calls were made, and which of them fail.
    private(set) var made = 0
    private let failing: Range<Int>
    private let failsLate: Bool
    private var counts: [[UInt8]: Int64?] = [:]
    /// Is given every state that a cut may leave, and the number acknowledged by then.
    var visit: (SimulatedDisk.State, Int64) -> Void = { _, _ in }

    /// - Parameters:
    ///   - failing: the calls that fail, by their number; none of those before the first commit.
    ///   - late: whether they do their work all the same.
    init(_ flaw: SimulatedDisk.Flaw = .none, failing: Range<Int> = 0..<0, late: Bool = false) {
        calls = SimulatedCalls(SimulatedDisk(flaw))
        self.failing = failing
        failsLate = late
    }

    /// Makes `times` commits, of which some may fail.
    /// - Parameter commit: adds one and returns the new count.
    func run(_ times: Int, _ commit: () throws -> Int64) {
        calls.fault = { [unowned self] _ in
            look()
            made += 1
            return !failsLate && failing.contains(made - 1) ? EIO : nil
        }
        calls.lateFault = { [unowned self] _ in
            failsLate && failing.contains(made - 1) ? EIO : nil
        }
        for _ in 0..<times {
            attempted += 1
            // What failed may be in the count or not: the next is told the number.
            if let count = try? commit() {
                if count <= acknowledged { faults.insert("given twice") }
                (acknowledged, attempted) = (count, count)
            }
            look()
        }
        calls.fault = { _ in nil }
        calls.lateFault = { _ in nil }
    }

    private func look() {
        for content in calls.disk.contentsAfterCut("counter.json") { judge(content) }
        for state in calls.disk.statesAfterCut() { visit(state, acknowledged) }
    }

    private func judge(_ content: [UInt8]?) {
        guard let content else {
            // Before the first acknowledgement there may be no file yet.
            if acknowledged >= 0 { faults.insert("no file") }
            return
        }
        guard let count = count(content) else {
            faults.insert("not whole")
            return
        }
        if count < acknowledged { faults.insert("lost") }
        if count > attempted { faults.insert("from nowhere") }
    }

    private func count(_ content: [UInt8]) -> Int64? {
        if let count = counts[content] { return count }
        let count = CounterDocument.decode(content)
        counts[content] = .some(count)
        return count
    }
}
