import CLibevent
import Glibc

/// What the server keeps of one connection beside evhttp's own: whose turn it is, since when, and how to answer.
///
/// evhttp parses; the socket is read and written here. Its bufferevent has no descriptor and is no more than a pair
/// of buffers: what was read is put into the one, what evhttp has to say is taken out of the other. By itself evhttp
/// stops and starts reading around each request and asks how much there is to read: two of four system calls a
/// request (`epoll_ctl`, `ioctl`), which cost a sixth of the throughput.
///
/// Lives from the accept to evhttp's close callback, in the ``Worker``'s table, and for as long as a ``Responder``
/// holds on to it; `evcon` and `buffer` belong to evhttp and are nil or unused from the close on.
final class Connection {
    /// Whose turn it is.
    enum Phase {
        /// Nobody's: all places are taken (`maxConnections`), and nothing is read before one is free.
        case waiting
        /// The client's: between requests, or in the middle of one.
        case reading
        /// The handler's: a whole request has been handed to it.
        case answering
        /// The client's, to take a reply that the socket had no room for.
        case flushing
        /// The handler's, for as long as both sides like: its answer is a stream.
        case streaming
        /// Nobody's: the last reply was sent, what still comes is thrown away. See ``linger()``.
        case lingering
    }

    /// Outlives its connections: its end closes them first.
    unowned(unsafe) let worker: Worker
    /// evhttp's bufferevent.
    let buffer: OpaquePointer
    let descriptor: Int32
    var phase = Phase.waiting
    /// Seconds, monotonic: when the last bytes came or a reply was sent.
    var lastActive: Double
    /// When the first byte of the request came that is being read; nil between requests.
    var requestBegan: Double?
    /// The request that waits for its answer, or for its answer's last bytes to be sent.
    var request: UnsafeMutablePointer<evhttp_request>?
    var facts = RequestFacts(method: .get, minorVersion: 1, keepsAlive: true)
    var serial: UInt64 = 0
    /// Whether it is on the worker's list of those that may probe.
    var isProbing = false
    /// When the request had arrived; 0 where nobody wants to know. See ``Exchange/nanoseconds``.
    var arrived = 0
    /// The bytes of the request that is being read, where its first one says that it may be chunked.
    var message: [UInt8] = []
    /// What the socket had no room for.
    var unsent: [UInt8] = []
    private(set) var evcon: OpaquePointer?
    private var readable: OpaquePointer?
    private var writable: OpaquePointer?
    private(set) var isWatching = false

    /// - Parameters:
    ///   - evcon: already owns `buffer`, and closes the descriptor.
    ///   - buffer: loses its descriptor here.
    init(worker: Worker, evcon: OpaquePointer, buffer: OpaquePointer) {
        self.worker = worker
        self.evcon = evcon
        self.buffer = buffer
        descriptor = bufferevent_getfd(buffer)
        lastActive = worker.now
        bufferevent_setfd(buffer, -1)
        // The input of a bufferevent is frozen at its end, for anyone but its own reader.
        evbuffer_unfreeze(bufferevent_get_input(buffer), 0)
        let context = Unmanaged.passUnretained(self).toOpaque()
        evhttp_connection_set_closecb(evcon, { _, context in Connection.from(context).closed() }, context)
        evbuffer_add_cb(bufferevent_get_output(buffer), outputChanged, context)
        readable = event_new(
            worker.base, descriptor, Int16(EV_READ | EV_PERSIST),
            { _, _, context in Connection.from(context).notice() }, context)
        writable = event_new(
            worker.base, descriptor, Int16(EV_WRITE), { _, _, context in Connection.from(context).flush() },
            context)
        precondition(readable != nil && writable != nil, "event_new: out of memory")
    }

    static func from(_ context: UnsafeMutableRawPointer?) -> Connection {
        Unmanaged<Connection>.fromOpaque(context!).takeUnretainedValue()
    }

    var isOpen: Bool { evcon != nil }

    /// Whether nothing of a request has come yet, and no reply is owed.
    var isIdle: Bool { phase == .reading && requestBegan == nil }

    /// Begins to serve: a place is free.
    func start() {
        phase = .reading
        // Kubernetes opens a connection for each probe.
        worker.expectProbe(from: self, true)
        watch(true)
    }

    private func notice() {
        let loop = worker.loop
        receive()
        loop.breathe()
    }

    /// Starts or stops looking for what the client sends.
    func watch(_ wanted: Bool) {
        guard wanted != isWatching else { return }
        isWatching = wanted
        if wanted { event_add(readable, nil) } else { event_del(readable) }
    }

    /// Asks for ``flush()`` when the socket has room.
    func awaitRoom() { event_add(writable, nil) }

    /// evhttp is about to free the connection and all that belongs to it.
    private func closed() {
        guard let evcon else { return }
        evbuffer_remove_cb(
            bufferevent_get_output(buffer), outputChanged, Unmanaged.passUnretained(self).toOpaque())
        event_free(readable)
        event_free(writable)
        self.evcon = nil
        request = nil
        worker.forget(self, evcon)
    }

    /// Ends the connection now, whatever its state. Not from within a call of evhttp's.
    func close() {
        if let evcon { evhttp_connection_free(evcon) }
    }
}

private let outputChanged: evbuffer_cb_func = { _, info, context in
    guard info!.pointee.n_added > 0 else { return }
    Connection.from(context).evhttpWrote()
}
