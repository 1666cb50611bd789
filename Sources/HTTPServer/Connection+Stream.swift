import CLibevent
import Glibc

// An answer that goes on: evhttp has handed the request over and waits; what the handler has to say goes straight to
// the socket, and from there to the client or nowhere. Nothing is kept for a client that doesn't read.
extension Connection {
    /// What the kernel may keep for a client that reads slowly, in bytes; it allows itself twice as much.
    private static let sendBuffer: Int32 = 8 * 1024
    /// How long the kernel tries to reach a client that is gone, in milliseconds (TCP_USER_TIMEOUT, tcp(7)).
    private static let unacknowledgedFor: Int32 = 30_000

    func isStreaming(_ serial: UInt64) -> Bool { phase == .streaming && isOpen && serial == self.serial }

    func beginStream(_ response: Response) {
        setOption(SOL_SOCKET, SO_SNDBUF, Self.sendBuffer)
        setOption(Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, Self.unacknowledgedFor)
        send(response, closes: true)
        guard unsent.isEmpty else { return cutSlowReader() }
        phase = .streaming
        watch(true)
    }

    private func setOption(_ level: Int32, _ name: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    func write(_ bytes: [UInt8], to serial: UInt64) {
        guard isStreaming(serial), !bytes.isEmpty else { return }
        worker.encoder.encode(more: bytes, minorVersion: facts.minorVersion)
        if !transmitWhole() { cutSlowReader() }
    }

    private func transmitWhole() -> Bool {
        let bytes = worker.encoder.bytes
        let sent = Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        lastActive = worker.now
        // Any other error is a client that is gone, which the next read tells.
        return sent == bytes.count || sent < 0 && errno != EAGAIN
    }

    private func cutSlowReader() {
        worker.statistics.cutSlowReader.add()
        phase = .lingering
        worker.closeAtEndOfTurn(self)
    }

    /// The service stops: an orderly end, so that the client knows that nothing is missing.
    func endStream() {
        worker.encoder.encode(more: [], minorVersion: facts.minorVersion)
        if transmitWhole() { linger() } else { cutSlowReader() }
    }
}
