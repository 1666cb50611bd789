import CLibevent
import Glibc
import Synchronization

/// A listening socket of one loop. Every loop has one of its own on the same address (SO_REUSEPORT): the kernel
/// deals connections out, and no loop wakes for another's.
public final class Listener {
    private let descriptor: Int32
    private var listener: OpaquePointer?
    private var bound: OpaquePointer?
    private(set) var isAccepting = true
    /// The address it is bound to, as numbers.
    public let address: String
    /// The real port, where 0 was asked for.
    public let port: Int

    /// Binds `count` sockets to one address.
    /// - Parameters:
    ///   - host: an address or a name; empty for all addresses, IPv4 and IPv6.
    ///   - port: 0 for any that is free.
    /// - Throws: ``SystemError`` that names the address, where it can't be bound.
    public static func bind(host: String, port: Int, count: Int) throws(SystemError) -> [Listener] {
        let address = try SocketAddress.resolve(host: host, port: port)
        // With SO_REUSEPORT a second server of this user would silently get half of the connections: whether
        // the address is free is asked without it.
        let probe = try Listener(bind: address, sharing: false)
        let real = try SocketAddress.bound(to: probe.descriptor)
        probe.closeDescriptor()
        var listeners: [Listener] = []
        for _ in 0..<count { listeners.append(try Listener(bind: real, sharing: true)) }
        return listeners
    }

    private init(bind address: SocketAddress, sharing: Bool) throws(SystemError) {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, type, 0)
        guard descriptor >= 0 else { throw SystemError("socket") }
        self.descriptor = descriptor
        var options = [(SOL_SOCKET, SO_REUSEADDR, Int32(1)), (Int32(IPPROTO_TCP), TCP_NODELAY, 1)]
        if sharing { options.append((SOL_SOCKET, SO_REUSEPORT, 1)) }
        if address.family == AF_INET6 {
            options.append((Int32(IPPROTO_IPV6), IPV6_V6ONLY, address.isAnyAddress ? 0 : 1))
        }
        do throws(SystemError) {
            for (level, name, value) in options {
                var value = value
                guard setsockopt(descriptor, level, name, &value, 4) == 0 else {
                    throw SystemError("setsockopt")
                }
            }
            guard address.withPointer({ Glibc.bind(descriptor, $0, $1) }) == 0 else {
                throw SystemError("bind \(address)")
            }
            // A backlog of the kernel's own limit; evhttp_bind_socket's is fixed at 128.
            if sharing, Glibc.listen(descriptor, SOMAXCONN) != 0 { throw SystemError("listen \(address)") }
            let real = try SocketAddress.bound(to: descriptor)
            self.address = real.host
            port = real.port
        } catch {
            Glibc.close(descriptor)
            throw error
        }
    }

    private func closeDescriptor() { Glibc.close(descriptor) }

    /// How often a loop stopped accepting because the process had no descriptor left.
    static let outOfDescriptors = Atomic<Int>(0)

    /// Hands the connections to `http`, to which the socket belongs from here on.
    func start(on loop: EventLoop, _ http: OpaquePointer) {
        let flags = UInt32(LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC)
        listener = evconnlistener_new(loop.base, nil, nil, flags, 0, descriptor)
        bound = evhttp_bind_listener(http, listener)
        precondition(listener != nil && bound != nil, "evconnlistener_new: out of memory")
        // Without this, a process out of descriptors is woken again at once, for ever, and libevent logs it each
        // time. Disabled, the listener rests until the worker's next look at its connections.
        evconnlistener_set_error_cb(listener) { listener, _ in
            evconnlistener_disable(listener)
            Listener.outOfDescriptors.add(1, ordering: .relaxed)
        }
    }

    /// Closes the socket. Whoever waits in its queue is reset.
    func stop(_ http: OpaquePointer) {
        evhttp_del_accept_socket(http, bound)
    }

    func pause() {
        isAccepting = false
        evconnlistener_disable(listener)
    }

    /// Also after the listener has disabled itself; no harm when it is enabled.
    func resume() {
        isAccepting = true
        evconnlistener_enable(listener)
    }
}
