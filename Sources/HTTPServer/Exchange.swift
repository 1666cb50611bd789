import CLibevent
import Glibc

/// A request and its answer, as the handler is told of them afterwards. Valid only during that call.
public struct Exchange {
    let pointer: UnsafeMutablePointer<evhttp_request>?
    let descriptor: Int32
    /// Other where the request could not be understood.
    public let method: Method
    public let status: Status
    /// From the moment at which the whole request had arrived to that at which its answer was with the kernel, or
    /// was begun, where it is a stream. 0 for a request that was never whole, or where the configuration doesn't
    /// ask for times.
    public let nanoseconds: Int

    /// As ``Request/path``; nil where the request could not be understood.
    public var path: String? { pointer.map(Request.path) }

    /// As ``Request/header(_:)``.
    public func header(_ name: StaticString) -> String? { pointer.flatMap { Request.header(name, of: $0) } }

    /// The client's address and port, as numbers (getpeername(2)).
    public var peer: (host: String, port: Int)? {
        guard let address = try? SocketAddress.peer(of: descriptor) else { return nil }
        return (address.host, address.port)
    }
}

/// Nanoseconds on a clock that only goes forward, the precise one (clock_gettime(2), CLOCK_MONOTONIC).
func preciseNow() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec &* 1_000_000_000 &+ time.tv_nsec
}
