import Counter
import Logging

/// Notices a commit that does not end: the counter's thread can't tell, for it is in the midst of it. Belongs to the
/// loop that looks.
final class StallWatch<Store: CounterStore> {
    private let counter: Counter<Store>
    private let limit: Double
    private let statistics: CommitStatistics
    private let logger: Logger
    private var isStalled = false

    /// - Parameter limit: in seconds, after which POSTs are not kept waiting any longer.
    init(_ counter: Counter<Store>, limit: Double, statistics: CommitStatistics, logger: Logger) {
        self.counter = counter
        self.limit = limit
        self.statistics = statistics
        self.logger = logger
    }

    /// Counts and logs each stall once, and its end, unless that was a failure, which is told as such.
    func look() {
        let wasStalled = isStalled
        isStalled = counter.secondsInStore > limit
        if isStalled, !wasStalled {
            statistics.stalled()
            logger.error(
                "store failed",
                metadata: ["error": "a commit has not ended for \(limit) s", "error.type": "stalled"])
        } else if wasStalled, !isStalled, counter.condition == .ready {
            logger.notice("store recovered")
        }
    }
}
