/// What an ``HTTPServer`` is told at its start.
public struct Configuration: Sendable {
    /// Open connections of all loops together; over it, new ones wait in the kernel's queue.
    public var maxConnections = 10_000
    /// Seconds without a byte before a connection is closed.
    public var idleTimeout = 60.0
    /// Seconds within which a request's headers and body must have arrived, however slowly the bytes drip.
    public var requestTimeout = 10.0
    /// Bytes of a request's line and headers.
    public var maxHeaderSize = 16 * 1024
    /// Bytes of a request's body, which is read and ignored.
    public var maxBodySize = 64 * 1024

    /// Whether ``Handler/answered(_:)`` is told how long it took: two readings of a clock a request.
    public var timesExchanges = false

    public init() {}

    /// What one connection may make the server keep unread. Over headers and body together, or a request that
    /// is allowed could never be read to its end; chunk lines are why it is twice that.
    var maxBuffered: Int { 2 * (maxHeaderSize + maxBodySize) }
}
