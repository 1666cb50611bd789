import CLibevent
import Glibc

extension Connection {
    func reply(_ response: Response, to serial: UInt64) {
        guard serial == self.serial, phase == .answering, request != nil else { return }
        if case .stream = response.body, facts.method != .head { return beginStream(response) }
        let closes = !facts.keepsAlive || worker.isDraining || facts.mayHaveUnreadBody
        send(response, closes: closes)
        if facts.mayHaveUnreadBody { return linger() }
        worker.expectProbe(from: self, response.isProbe)
        if closes { evhttp_add_header(request!.pointee.output_headers, "Connection", "close") }
        finish()
    }

    /// Answers with an error and takes nothing more from this client: where its next request would begin is
    /// not certain.
    func refuse(_ response: Response) {
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
        unsent.append(contentsOf: bytes[max(sent, 0)...])
    }

    /// Tells evhttp that the request was answered, once all bytes are out. What was sent it does not know: its own
    /// output is empty, so that it goes on to the next request, or closes, at once.
    private func finish() {
        guard unsent.isEmpty else {
            phase = .flushing
            return awaitRoom()
        }
        guard let request else { return }
        self.request = nil
        // Before evhttp looks for the next request itself, and may find it in the buffer.
        readNext()
        evhttp_send_reply_end(request)
    }

    /// The socket has room again.
    func flush() {
        guard phase == .flushing else { return }
        let sent = unsent.withUnsafeBytes {
            Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        if sent < 0 && errno != EAGAIN {
            // The client is gone: the next read tells evhttp.
            unsent = []
        } else {
            unsent.removeFirst(max(sent, 0))
            if sent > 0 { lastActive = worker.now }
        }
        finish()
    }
}
