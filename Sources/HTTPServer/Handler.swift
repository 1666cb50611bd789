/// What answers the requests of one loop. Made for that loop and used on its thread only.
public protocol Handler: AnyObject {
    /// Answers `request`, or returns nil and answers it later through its ``Request/responder``, on this loop.
    func respond(to request: Request) -> Response?

    /// Is told of each answer once it is with the kernel; also of those that the server gave by itself.
    func answered(_ exchange: Exchange)
}

extension Handler {
    public func answered(_ exchange: Exchange) {}
}

/// Answers one request, once, on the loop that it came from.
///
/// Safe to keep for as long as it takes: when the connection has gone away meanwhile, ``send(_:)`` does nothing.
public struct Responder {
    let connection: Connection
    let serial: UInt64

    /// Sends the answer, or begins it, where its body is a ``Response/Body/stream(_:)``. Further calls, and those after the connection is gone, change nothing.
    public func send(_ response: Response) {
        connection.reply(response, to: serial)
    }

    /// Whether an answer that is a stream goes on.
    public var isStreaming: Bool { connection.isStreaming(serial) }

    /// Sends more of an answer that is a stream. What doesn't fit into the socket is not kept: a client that has
    /// stopped reading is cut.
    public func write(_ bytes: [UInt8]) {
        connection.write(bytes, to: serial)
    }
}
