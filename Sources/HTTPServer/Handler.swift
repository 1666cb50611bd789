/// What answers the requests of one loop. Made for that loop and used on its thread only.
public protocol Handler: AnyObject {
    /// Answers `request`, or returns nil and answers it later through its ``Request/responder``, on this loop.
    func respond(to request: Request) -> Response?
}

/// Answers one request, once, on the loop that it came from.
///
/// Safe to keep for as long as it takes: when the connection has gone away meanwhile, ``send(_:)`` does nothing.
public struct Responder {
    let connection: Connection
    let serial: UInt64

    /// Sends the answer. Further calls, and those after the connection is gone, change nothing.
    public func send(_ response: Response) {
        connection.reply(response, to: serial)
    }
}
