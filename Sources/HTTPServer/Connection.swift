import CLibevent
import Glibc

/// What the server keeps of one connection beside evhttp's own: whose turn it is, since when, and how to answer.
///
/// Lives from the accept to evhttp's close callback, in the ``Worker``'s table, and for as long as a ``Responder``
/// holds on to it; `evcon` and `buffer` belong to evhttp and are nil or unused from the close on.
final class Connection {
    /// Whose turn it is.
    enum Phase {
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

    /// evhttp's callbacks of the bufferevent, put aside while a request waits for its answer.
    private struct Callbacks {
        var read: bufferevent_data_cb?
        var write: bufferevent_data_cb?
        var event: bufferevent_event_cb?
    }

    /// Outlives its connections: its end closes them first.
    unowned(unsafe) let worker: Worker
    let buffer: OpaquePointer
    let descriptor: Int32
    var phase = Phase.reading
    /// Seconds, monotonic: when the last bytes came or a reply was sent.
    var lastActive: Double
    /// When the first byte of the request came that is being read; nil between requests.
    private(set) var requestBegan: Double?
    private var evcon: OpaquePointer?
    private var request: UnsafeMutablePointer<evhttp_request>?
    private(set) var facts = RequestFacts(method: .get, minorVersion: 1, keepsAlive: true)
    private(set) var serial: UInt64 = 0
    /// When the request had arrived; 0 where nobody wants to know. See ``Exchange/nanoseconds``.
    private var arrived = 0
    private var callbacks = Callbacks()
    /// The bytes of the request that is being read, where its first one says that it may be chunked; see ``record(_:)``.
    private var message: [UInt8] = []
    /// Set while bytes of ours, and not evhttp's, go into the output buffer.
    private var writesOwnBytes = false

    /// - Parameter evcon: already owns `buffer`, and calls back when it closes.
    init(worker: Worker, evcon: OpaquePointer, buffer: OpaquePointer) {
        self.worker = worker
        self.evcon = evcon
        self.buffer = buffer
        descriptor = bufferevent_getfd(buffer)
        lastActive = worker.now
        var callbacks = Callbacks()
        bufferevent_getcb(buffer, &callbacks.read, &callbacks.write, &callbacks.event, nil)
        self.callbacks = callbacks
        let context = Unmanaged.passUnretained(self).toOpaque()
        evhttp_connection_set_closecb(evcon, { _, context in Connection.from(context).closed() }, context)
        evbuffer_add_cb(bufferevent_get_input(buffer), inputChanged, context)
        evbuffer_add_cb(bufferevent_get_output(buffer), outputChanged, context)
    }

    static func from(_ context: UnsafeMutableRawPointer?) -> Connection {
        Unmanaged<Connection>.fromOpaque(context!).takeUnretainedValue()
    }

    var isOpen: Bool { evcon != nil }

    /// Whether nothing of a request has come yet, and no reply is owed.
    var isIdle: Bool { phase == .reading && requestBegan == nil }

    /// evhttp is about to free the connection and all that belongs to it.
    private func closed() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        evbuffer_remove_cb(bufferevent_get_input(buffer), inputChanged, context)
        evbuffer_remove_cb(bufferevent_get_output(buffer), outputChanged, context)
        evcon = nil
        request = nil
        worker.forget(self)
    }

    /// Ends the connection now, whatever its state. Not from within a callback of its own bufferevent.
    func close() {
        if let evcon { evhttp_connection_free(evcon) }
    }
}

// Reading.
extension Connection {
    fileprivate func received(_ count: Int) {
        guard phase != .lingering else { return }
        lastActive = worker.now
        if requestBegan == nil { requestBegan = lastActive }
        if phase == .reading { record(count) }
    }

    /// Keeps the last `count` bytes of the input, should they turn out to be of a chunked message: evhttp frames
    /// those too loosely, and the handler sees none of it. Only POST, PUT and PATCH may be chunked (``RequestGuard``),
    /// so that one look at the first byte spares all others the copy.
    private func record(_ count: Int) {
        let input = bufferevent_get_input(buffer)
        let length = evbuffer_get_length(input)
        var first: UInt8 = 0
        if message.isEmpty { evbuffer_copyout(input, &first, 1) }
        guard !message.isEmpty || first == UInt8(ascii: "P") else { return }
        var position = evbuffer_ptr()
        evbuffer_ptr_set(input, &position, length - count, EVBUFFER_PTR_SET)
        withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { bytes in
            evbuffer_copyout_from(input, &position, bytes.baseAddress, count)
            message.append(contentsOf: bytes)
        }
    }

    /// Whether a chunked message was framed as RFC 9112 has it, and evhttp took just as much for it.
    private func checkChunks() throws(RequestGuard.Refusal) {
        let consumed = message.count - evbuffer_get_length(bufferevent_get_input(buffer))
        if ChunkedMessage.length(message) != consumed {
            throw RequestGuard.Refusal(status: .badRequest, detail: "The chunks of the body are malformed.")
        }
    }

    /// A whole request has arrived: evhttp calls its handler once for each.
    func handle(_ pointer: UnsafeMutablePointer<evhttp_request>) {
        phase = .answering
        request = pointer
        requestBegan = nil
        serial += 1
        arrived = worker.configuration.timesExchanges ? preciseNow() : 0
        let isChunked = pointer.pointee.chunked != 0
        // Else evhttp ends the reply to a chunked request as if the reply were chunked too.
        pointer.pointee.chunked = 0
        // Else it closes the connection after a request in absolute form, for being a proxy's.
        pointer.pointee.flags &= ~EVHTTP_PROXY_REQUEST
        do {
            facts = try RequestGuard.check(pointer)
            if isChunked { try checkChunks() }
        } catch {
            facts = RequestFacts(
                method: Method(evhttp_request_get_command(pointer)), minorVersion: Int(pointer.pointee.minor),
                keepsAlive: false)
            refuse(.problem(error.status, detail: error.detail))
            return
        }
        let serial = serial
        let request = Request(
            pointer: pointer, facts: facts, responder: Responder(connection: self, serial: serial))
        if let response = worker.handler.respond(to: request) {
            reply(response, to: serial)
        } else if phase == .answering, self.serial == serial {
            wait()
        }
    }

    /// Lets the request wait for an answer that comes in a later turn.
    ///
    /// evhttp has stopped reading. Reading goes on instead, with nobody to call: stopping now and starting again with
    /// the reply would cost two `epoll_ctl` a request; within one turn, the change list makes one of them. What the client
    /// sends meanwhile stays in the buffer, up to its high watermark; that it closed its side is learnt after
    /// the reply, which a client that only half-closed still gets.
    private func wait() {
        bufferevent_setcb(buffer, nil, nil, { _, _, _ in }, Unmanaged.passUnretained(self).toOpaque())
        bufferevent_enable(buffer, Int16(EV_READ))
    }
}

// Answering.
extension Connection {
    func reply(_ response: Response, to serial: UInt64) {
        guard serial == self.serial, phase == .answering, let request else { return }
        if case .stream = response.body, facts.method != .head { return beginStream(response) }
        let closes = !facts.keepsAlive || worker.isDraining || facts.mayHaveUnreadBody
        send(response, closes: closes)
        if facts.mayHaveUnreadBody { linger() } else { finish(request, closes: closes) }
    }

    /// Answers with an error and takes nothing more from this client: where its next request would begin is
    /// not certain.
    private func refuse(_ response: Response) {
        worker.statistics.cutMalformed.add()
        send(response, closes: true)
        linger()
    }

    func send(_ response: Response, closes: Bool) {
        worker.encoder.encode(
            response,
            .init(isHead: facts.method == .head, keepsAlive: !closes, minorVersion: facts.minorVersion))
        lastActive = worker.now
        transmit(worker.encoder.bytes)
        worker.handler.answered(
            Exchange(
                pointer: request, descriptor: descriptor, method: request == nil ? .other : facts.method,
                status: response.status,
                nanoseconds: arrived == 0 || request == nil ? 0 : preciseNow() - arrived))
    }

    /// Writes to the socket at once: by way of evhttp the bytes would go out one turn of the loop later.
    private func transmit(_ bytes: UnsafeRawBufferPointer) {
        let sent = Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        if sent == bytes.count { return }
        // A peer that is gone is noticed by the next read.
        if sent < 0 && errno != EAGAIN { return }
        let rest = UnsafeRawBufferPointer(rebasing: bytes[max(sent, 0)...])
        writesOwnBytes = true
        evbuffer_add(bufferevent_get_output(buffer), rest.baseAddress, rest.count)
        writesOwnBytes = false
    }

    /// Tells evhttp that the request was answered: at once where all bytes are out, else when they are.
    private func finish(_ request: UnsafeMutablePointer<evhttp_request>, closes: Bool) {
        self.request = nil
        if closes { evhttp_add_header(request.pointee.output_headers, "Connection", "close") }
        if evbuffer_get_length(bufferevent_get_output(buffer)) > 0 {
            phase = .flushing
            bufferevent_setcb(
                buffer, nil, callbacks.write, callbacks.event, evcon.map(UnsafeMutableRawPointer.init))
            bufferevent_enable(buffer, Int16(EV_WRITE))
            evhttp_request_set_on_complete_cb(
                request, { _, context in Connection.from(context).readNext() },
                Unmanaged.passUnretained(self).toOpaque())
        } else {
            readNext()
        }
        evhttp_send_reply_end(request)
    }

    private func readNext() {
        phase = .reading
        // A client that pipelines has begun its next request already.
        message.removeAll(keepingCapacity: message.capacity <= 1024)
        let waiting = evbuffer_get_length(bufferevent_get_input(buffer))
        requestBegan = waiting > 0 ? worker.now : nil
        if waiting > 0 { record(waiting) }
    }
}

// Ending.
extension Connection {
    /// Closes in two steps (RFC 9112, section 9.6): this side now, the whole once the client has closed its own or
    /// a little later. Closed at once, what the client still sends would be answered with a reset, which can take
    /// the error message away from under its eyes.
    func linger() {
        guard isOpen, phase != .lingering else { return }
        phase = .lingering
        lastActive = worker.now
        worker.lingerAtEndOfTurn(self)
    }

    /// The second half of ``linger()``, when evhttp is through with its own callbacks.
    func shutDown() {
        guard isOpen else { return }
        shutdown(descriptor, Int32(SHUT_WR))
        bufferevent_disable(buffer, Int16(EV_WRITE))
        discardInput()
        bufferevent_setcb(
            buffer, { _, context in Connection.from(context).discardInput() }, nil,
            { _, _, context in
                let connection = Connection.from(context)
                connection.worker.closeAtEndOfTurn(connection)
            }, Unmanaged.passUnretained(self).toOpaque())
        bufferevent_enable(buffer, Int16(EV_READ))
    }

    func discardInput() {
        let input = bufferevent_get_input(buffer)
        evbuffer_drain(input, evbuffer_get_length(input))
    }

    /// Closes an idle connection, unless a request has come that was not read yet.
    func closeIfSilent() {
        var byte: UInt8 = 0
        let flags = Int32(MSG_PEEK | MSG_DONTWAIT)
        if recv(descriptor, &byte, 1, flags) <= 0 { close() }
    }

    /// A request that did not arrive in time gets an answer before its connection is cut.
    func timeOut() {
        worker.statistics.cutByDeadline.add()
        facts = RequestFacts(method: .get, minorVersion: 1, keepsAlive: false)
        send(.problem(.requestTimeout, detail: "The request did not arrive in time."), closes: true)
        linger()
    }

    /// evhttp answers errors of its parser by itself, in HTML (2.2 has `evhttp_set_errorcb`; 2.1 has not). The head
    /// of such an answer is recognised as it comes into the output buffer, a problem+json is sent in its place,
    /// and all that evhttp writes is thrown away. Its `100 Continue` passes.
    fileprivate func evhttpWrote() {
        guard !writesOwnBytes, phase != .flushing else { return }
        let output = bufferevent_get_output(buffer)
        if phase == .reading {
            var head = [UInt8](repeating: 0, count: 16)
            let count = evbuffer_copyout(output, &head, head.count)
            let status = ParserError.status(inHead: head.prefix(max(count, 0)))
            if status == 100 { return }
            facts = RequestFacts(method: .get, minorVersion: 1, keepsAlive: false)
            worker.statistics.cutMalformed.add()
            send(ParserError.response(status), closes: true)
            linger()
        }
        // The output of a bufferevent is frozen at its front, for anyone but its own writer.
        evbuffer_unfreeze(output, 1)
        evbuffer_drain(output, evbuffer_get_length(output))
        evbuffer_freeze(output, 1)
    }
}

private let inputChanged: evbuffer_cb_func = { _, info, context in
    let count = info!.pointee.n_added
    guard count > 0 else { return }
    Connection.from(context).received(count)
}

private let outputChanged: evbuffer_cb_func = { _, info, context in
    guard info!.pointee.n_added > 0 else { return }
    Connection.from(context).evhttpWrote()
}
