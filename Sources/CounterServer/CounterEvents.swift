import Counter

/// What the counter's thread does, told to the log and to the statistics.
struct CounterEvents: CounterObserver {
    let log: CounterLog
    let statistics: CommitStatistics

    func committed(batch: Int, seconds: Double) { statistics.committed(batch: batch, seconds: seconds) }

    func failed(_ error: StoreError, isFirst: Bool) {
        statistics.failed(error, isFirst: isFirst)
        log.failed(error, isFirst: isFirst)
    }

    func ready(count: Int64) { log.ready(count: count) }
    func recovered(count: Int64) { log.recovered(count: count) }
    func waitingForLock() { log.waitingForLock() }
    func lockTaken() { log.lockTaken() }
}
