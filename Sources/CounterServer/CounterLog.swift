import Counter
import Logging

/// Tells the log what the counter's thread does: each change once, not each request.
struct CounterLog: CounterObserver {
    let logger: Logger

    func committed(batch: Int, seconds: Double) {}

    func failed(_ error: StoreError, isFirst: Bool) {
        guard isFirst else { return }
        logger.error("store failed", metadata: ["error": "\(error)", "error.type": "\(error.kind.rawValue)"])
    }

    func recovered(count: Int64) {
        logger.notice("store recovered", metadata: ["count": .stringConvertible(count)])
    }

    func ready(count: Int64) {
        logger.info("ready", metadata: ["count": .stringConvertible(count)])
    }

    func waitingForLock() { logger.notice("waiting for the lock") }

    func lockTaken() { logger.info("lock taken") }
}
