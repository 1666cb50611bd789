import Counter
import Glibc
import HTTPServer
import Synchronization

/// What became of the commits. Written by the counter's thread, but for the stalls, read by any.
final class CommitStatistics: CounterObserver {
    private let durations = Histograms(bounds: Histograms.durationBounds)
    private let batches = Histograms(bounds: Histograms.batchBounds)
    private let failures = LoopCounts(StoreError.Kind.allCases.count)
    private let stalls = Atomic<Int>(0)
    /// When the last commit succeeded: seconds by the wall clock, and by the one that only goes forward.
    private let lastCommit = Mutex<(wall: Double, monotonic: Double)?>(nil)

    func committed(batch: Int, seconds: Double) {
        durations.record(Int(seconds * 1e9))
        // A trial commit of none says nothing about how increments gather.
        if batch > 0 { batches.record(batch) }
        var wall = timespec()
        clock_gettime(CLOCK_REALTIME, &wall)
        let now = (Double(wall.tv_sec) + Double(wall.tv_nsec) / 1e9, Clock.seconds)
        lastCommit.withLock { $0 = now }
    }

    func failed(_ error: StoreError, isFirst: Bool) {
        failures.add(at: StoreError.Kind.allCases.firstIndex(of: error.kind)!)
    }

    /// A commit took longer than POSTs wait; once for each such commit. Any thread.
    func stalled() { stalls.add(1, ordering: .relaxed) }

    func recovered(count: Int64) {}
    func ready(count: Int64) {}
    func waitingForLock() {}
    func lockTaken() {}

    var duration: Histograms.Snapshot { durations.snapshot() }
    var batchSize: Histograms.Snapshot { batches.snapshot() }

    /// By the label that names the step which failed.
    var failuresByKind: [(kind: String, count: Int)] {
        let kinds = StoreError.Kind.allCases.enumerated().map { index, kind in
            // A directory that can't be used ends the start: what is left of the kind is not worth a name.
            (kind == .directory ? "other" : kind.rawValue, failures[index])
        }
        return kinds + [("stalled", stalls.load(ordering: .relaxed))]
    }

    /// In seconds since 1970; nil before the first.
    var lastCommitTime: Double? { lastCommit.withLock { $0?.wall } }
    /// In seconds; nil before the first.
    var lastCommitAge: Double? { lastCommit.withLock { $0.map { Clock.seconds - $0.monotonic } } }
}
