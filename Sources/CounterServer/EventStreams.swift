import HTTPServer

/// The event streams of one loop: server-sent events (WHATWG HTML, section 9.2).
///
/// Nobody tells it that the count has changed: nine times a second it looks. However fast the count moves, and however
/// many streams there are, increments themselves cost nothing for it.
final class EventStreams {
    /// More than a tenth of a second, so that there are at most ten in any one.
    static let interval = 0.11
    /// Seconds without an event until a comment shows that the connection is alive.
    private static let heartbeat = 15.0

    private static let fields =
        "Content-Type: text/event-stream\r\nCache-Control: no-store\r\nX-Accel-Buffering: no\r\n"

    private let open: (Int) -> Void
    private var streams: [Responder] = []
    private var lastCount: Int64 = -1
    private var lastSent = 0.0

    /// - Parameter open: is told by how many the number of open streams has changed.
    init(open: @escaping (Int) -> Void) {
        self.open = open
    }

    var isEmpty: Bool { streams.isEmpty }

    /// The beginning of a stream, whose first event is the present count. What was missed since a client's
    /// `Last-Event-ID` need not be sent again: every event is the whole count.
    static func response(_ count: Int64) -> Response {
        // How long a browser waits before it comes back, in milliseconds.
        Response(.ok, fields: fields, body: .stream(Array("retry: 1000\n\n".utf8) + event(count)))
    }

    static func event(_ count: Int64) -> [UInt8] {
        Array("event: count\nid: \(count)\ndata: {\"counter\":\(count)}\n\n".utf8)
    }

    /// From now on sends events to a client that is being answered with ``response(_:)`` of this count.
    func add(_ responder: Responder, _ count: Int64, now: Double) {
        if streams.isEmpty {
            lastCount = count
            lastSent = now
        }
        streams.append(responder)
        open(1)
    }

    /// Sends the count, where it has changed, or a heartbeat, where one is due.
    /// - Parameter now: in seconds, monotonic.
    func tick(_ count: Int64, now: Double) {
        removeClosed()
        if count != lastCount {
            lastCount = count
            send(Self.event(count), now)
        } else if now - lastSent >= Self.heartbeat {
            send(Array(":\n\n".utf8), now)
        }
    }

    private func send(_ bytes: [UInt8], _ now: Double) {
        lastSent = now
        for stream in streams { stream.write(bytes) }
    }

    private func removeClosed() {
        let before = streams.count
        streams.removeAll { !$0.isStreaming }
        if streams.count != before { open(streams.count - before) }
    }
}
