import CLibevent
import Glibc

extension Connection {
    /// The socket has something to read: once, so that no client holds up the others.
    func receive() {
        switch phase {
        case .reading: read()
        case .lingering, .streaming: discard()
        // What comes before its turn stays in the kernel; so does the news that the client has closed its side, who,
        // if that was all that it closed, still gets its answer.
        case .waiting, .answering, .flushing: watch(false)
        }
    }

    private func read() {
        let input = bufferevent_get_input(buffer)
        // A client that pipelines and doesn't read its answers.
        guard evbuffer_get_length(input) < worker.configuration.maxBuffered else { return watch(false) }
        let count = recv(descriptor, worker.scratch.baseAddress, worker.scratch.count, 0)
        if count > 0 {
            evbuffer_add(input, worker.scratch.baseAddress, count)
            lastActive = worker.now
            if requestBegan == nil { requestBegan = lastActive }
            record(UnsafeRawBufferPointer(rebasing: worker.scratch[..<count]))
            bufferevent_trigger(buffer, Int16(EV_READ), 0)
        } else if count == 0 || errno != EAGAIN && errno != EINTR {
            clientEnded()
        }
    }

    /// The client sends no more. What it has sent before is answered first: evhttp looks for a pipelined request a
    /// little after the answer to the one before it, and may not have come to the last.
    private func clientEnded() {
        let input = bufferevent_get_input(buffer)
        let left = evbuffer_get_length(input)
        if left > 0 { bufferevent_trigger(buffer, Int16(EV_READ), 0) }
        // If there was one more, the end is read again after it.
        guard isOpen, phase == .reading, left == 0 || evbuffer_get_length(input) == left else { return }
        watch(false)
        // evhttp frees the connection.
        bufferevent_trigger_event(buffer, Int16(BEV_EVENT_READING | BEV_EVENT_EOF), 0)
    }

    /// Throws away what comes, and ends the connection when the client does.
    private func discard() {
        let count = recv(descriptor, worker.scratch.baseAddress, worker.scratch.count, 0)
        if count > 0 || count < 0 && (errno == EAGAIN || errno == EINTR) { return }
        watch(false)
        worker.closeAtEndOfTurn(self)
    }

    /// Keeps bytes that have come, should they turn out to be of a chunked message: evhttp frames those too loosely,
    /// and the handler sees none of it. Only POST, PUT and PATCH may be chunked (``RequestGuard``), so that one look
    /// at the first byte spares all others the copy.
    private func record(_ bytes: UnsafeRawBufferPointer) {
        guard !message.isEmpty || bytes.first == UInt8(ascii: "P") else { return }
        message.append(contentsOf: bytes)
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
        let responder = Responder(connection: self, serial: serial)
        let request = Request(pointer: pointer, facts: facts, responder: responder)
        if let response = worker.handler.respond(to: request) { reply(response, to: serial) }
    }

    /// The answer is with the kernel: the client may go on.
    func readNext() {
        phase = .reading
        message.removeAll(keepingCapacity: message.capacity <= 1024)
        // A client that pipelines has begun its next request already.
        let input = bufferevent_get_input(buffer)
        let waiting = evbuffer_get_length(input)
        requestBegan = waiting > 0 ? worker.now : nil
        if waiting > 0 { record(UnsafeRawBufferPointer(start: evbuffer_pullup(input, -1), count: waiting)) }
        watch(true)
    }
}
