import CLibevent
import Glibc

/// An IPv4 or IPv6 address with a port.
struct SocketAddress: CustomStringConvertible {
    private var storage = sockaddr_storage()
    private var length = socklen_t(MemoryLayout<sockaddr_storage>.size)

    var family: Int32 { Int32(storage.ss_family) }
    private(set) var host = ""
    private(set) var port = 0

    /// `0.0.0.0` or `::`.
    var isAnyAddress: Bool { host == "::" || host == "0.0.0.0" }

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// The address to listen on (getaddrinfo(3)).
    /// - Parameter host: an address or a name; empty for all addresses: `::`, which takes IPv4 too, or `0.0.0.0`
    ///   on a system without IPv6.
    static func resolve(host: String, port: Int) throws(SystemError) -> SocketAddress {
        if host.isEmpty { return try resolve(host: hasIPv6 ? "::" : "0.0.0.0", port: port) }
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var results: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &results)
        guard status == 0, let first = results else {
            throw SystemError("HOST '\(host)'", reason: String(cString: gai_strerror(status)))
        }
        defer { freeaddrinfo(results) }
        return SocketAddress(first.pointee.ai_addr, first.pointee.ai_addrlen)
    }

    private static var hasIPv6: Bool {
        let descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
        if descriptor >= 0 { close(descriptor) }
        return descriptor >= 0
    }

    /// The address that a socket is bound to (getsockname(2)).
    static func bound(to descriptor: Int32) throws(SystemError) -> SocketAddress {
        try ask("getsockname") { getsockname(descriptor, $0, $1) }
    }

    /// The address of the other side of a connection (getpeername(2)).
    static func peer(of descriptor: Int32) throws(SystemError) -> SocketAddress {
        try ask("getpeername") { getpeername(descriptor, $0, $1) }
    }

    private static func ask(
        _ name: String, _ call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) throws(SystemError) -> SocketAddress {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, &length) }
        }
        guard status == 0 else { throw SystemError(name) }
        return withUnsafePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { SocketAddress($0, length) }
        }
    }

    private init(_ address: UnsafePointer<sockaddr>, _ length: socklen_t) {
        self.length = length
        withUnsafeMutableBytes(of: &storage) {
            $0.copyMemory(from: .init(start: address, count: Int(length)))
        }
        host = Self.text { getnameinfo(address, length, $0, $1, nil, 0, NI_NUMERICHOST) }
        port = Int(Self.text { getnameinfo(address, length, nil, 0, $0, $1, NI_NUMERICSERV) }) ?? 0
    }

    private static func text(_ fill: (UnsafeMutablePointer<CChar>, socklen_t) -> Int32) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) {
            let buffer = $0.baseAddress!
            return fill(buffer, socklen_t($0.count)) == 0 ? String(cString: buffer) : ""
        }
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}
