import CLibevent
import Glibc

/// A client for one question: the status code of a GET. Blocks; for a health check in a process of its own.
public enum Probe {
    /// - Parameter timeout: seconds, for connecting and for each read and write.
    /// - Throws: ``SystemError`` where there is no connection or no HTTP answer.
    public static func status(host: String, port: Int, path: String, timeout: Int) throws(SystemError) -> Int
    {
        let address = try SocketAddress.resolve(host: host, port: port)
        let descriptor = socket(address.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError("socket") }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: timeout, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        guard address.withPointer({ connect(descriptor, $0, $1) }) == 0 else { throw SystemError("connect") }
        let request = "GET \(path) HTTP/1.1\r\nHost: \(address)\r\nConnection: close\r\n\r\n"
        guard send(descriptor, request, request.utf8.count, Int32(MSG_NOSIGNAL)) == request.utf8.count else {
            throw SystemError("send")
        }
        var head = [UInt8](repeating: 0, count: 16)
        let count = recv(descriptor, &head, head.count, Int32(MSG_WAITALL))
        guard count > 0 else { throw SystemError("recv") }
        return ParserError.status(inHead: head.prefix(count))
    }
}
