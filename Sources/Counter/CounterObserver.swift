/// Is told what the counter's thread does. All calls come from that thread; none may block.
public protocol CounterObserver: Sendable {
    /// `batch` increments became durable in one commit that took `seconds`. A batch of 0 was a trial.
    func committed(batch: Int, seconds: Double)
    /// The store failed. `isFirst` is false for the repetitions of a failure that has been told before.
    func failed(_ error: StoreError, isFirst: Bool)
    /// The store works for the first time.
    func ready(count: Int64)
    /// The store works again.
    func recovered(count: Int64)
    func waitingForLock()
    func lockTaken()
}

/// Is told and tells nobody.
public struct SilentObserver: CounterObserver {
    public init() {}
    public func committed(batch: Int, seconds: Double) {}
    public func failed(_ error: StoreError, isFirst: Bool) {}
    public func ready(count: Int64) {}
    public func recovered(count: Int64) {}
    public func waitingForLock() {}
    public func lockTaken() {}
}
