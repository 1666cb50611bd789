import Synchronization

/// What became of one loop's connections. Written by the loop, read by any thread.
public final class ConnectionStatistics: Sendable {
    public let accepted = LoopCount()
    public let closed = LoopCount()
    public let cutIdle = LoopCount()
    public let cutByDeadline = LoopCount()
    public let cutMalformed = LoopCount()
    public let cutSlowReader = LoopCount()
    public let cutByShutdown = LoopCount()
    public let pausedByLimit = LoopCount()

    public init() {}
}

/// A number that one loop counts up and any thread may read. With one writer, a plain load and a plain store do:
/// no locked instruction on the hot path.
public struct LoopCount: ~Copyable, Sendable {
    private let value = Atomic<Int>(0)

    public init() {}

    public var count: Int { value.load(ordering: .relaxed) }

    /// Only from the loop that owns it.
    public func add(_ n: Int = 1) {
        value.store(value.load(ordering: .relaxed) &+ n, ordering: .relaxed)
    }
}
