/// Why an increment or a read was not answered with a count.
public enum CounterError: Error, Equatable, Sendable {
    /// The store has not been opened yet.
    case starting
    /// Another process holds the lock: this one is its standby.
    case lockHeld
    /// The store failed; the text says how. The increment may or may not be in the count.
    case storeFailing(String)
    /// The store has not answered in time. The increment may or may not be in the count.
    case stalled
    /// The count is at its maximum, `Int64.max`.
    case exhausted
}
