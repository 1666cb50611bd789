import CLibevent
import Glibc

extension Connection {
    /// Closes in two steps (RFC 9112, section 9.6): this side now, the whole once the client has closed its own or
    /// a little later. Closed at once, what the client still sends would be answered with a reset, which can take
    /// the error message away from under its eyes. evhttp is not told: it waits for a reply, until the close.
    func linger() {
        guard isOpen, phase != .lingering else { return }
        phase = .lingering
        lastActive = worker.now
        shutdown(descriptor, Int32(SHUT_WR))
        watch(true)
    }

    /// Closes an idle connection, unless a request has come that was not read yet.
    func closeIfSilent() {
        var byte: UInt8 = 0
        if recv(descriptor, &byte, 1, Int32(MSG_PEEK)) <= 0 { close() }
    }

    /// A request that did not arrive in time gets an answer before its connection is cut.
    func timeOut() {
        worker.statistics.cutByDeadline.add()
        facts = RequestFacts(method: .get, minorVersion: 1, keepsAlive: false)
        send(.problem(.requestTimeout, detail: "The request did not arrive in time."), closes: true)
        linger()
    }

    /// evhttp has written into its output buffer, which nobody sends. Its `100 Continue` is passed on. Errors of its
    /// parser it answers by itself, in HTML (2.2 has `evhttp_set_errorcb`; 2.1 has not): the head of such an answer
    /// is recognised as it comes, and a problem+json is sent in its place.
    func evhttpWrote() {
        let output = bufferevent_get_output(buffer)
        if phase == .reading {
            var head = [UInt8](repeating: 0, count: 64)
            let count = max(evbuffer_copyout(output, &head, head.count), 0)
            let status = ParserError.status(inHead: head.prefix(count))
            if status == 100 {
                _ = Glibc.send(descriptor, head, count, Int32(MSG_NOSIGNAL))
            } else {
                facts = RequestFacts(method: .get, minorVersion: 1, keepsAlive: false)
                refuse(ParserError.response(status))
            }
        }
        // The output of a bufferevent is frozen at its front, for anyone but its own writer.
        evbuffer_unfreeze(output, 1)
        evbuffer_drain(output, evbuffer_get_length(output))
        evbuffer_freeze(output, 1)
    }
}
