import HTTPServer

/// The event streams of one loop: server-sent events (WHATWG HTML, section 9.2).
///
/// Nobody tells it that the count has changed: nine times a second it looks. However fast the count moves, and however
/// many streams there are, increments themselves cost nothing for it.
final class EventStreams {
    private struct Stream {
        var responder: Responder
        /// What it was told last, and when: seconds, monotonic.
        var count: Int64
        var sent: Double
    }

    /// More than a tenth of a second, so that a stream is told at most ten times in any one.
    static let interval = 0.11
    /// How many streams are looked after in an interval. Where there are more they take turns, and each is told less
    /// often: an event is a packet, some 13 µs with all that the kernel does for it, so that 2,000 of them a second
    /// take a fortieth of a loop's time.
    private static let streamsPerInterval = 220
    /// Seconds without an event until a comment shows that the connection is alive.
    private static let heartbeat = 15.0

    private static let fields =
        "Content-Type: text/event-stream\r\nCache-Control: no-store\r\nX-Accel-Buffering: no\r\n"

    private let open: (Int) -> Void
    private var streams: [Stream] = []
    /// Whose turn it is.
    private var next = 0

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
    /// - Parameter now: in seconds, monotonic.
    func add(_ responder: Responder, _ count: Int64, now: Double) {
        streams.append(Stream(responder: responder, count: count, sent: now))
        open(1)
    }

    /// Sends the count to those who were told another, and a heartbeat to those who have heard nothing for long.
    /// - Parameter now: in seconds, monotonic.
    func tick(_ count: Int64, now: Double) {
        removeClosed()
        let event = Self.event(count)
        for _ in 0..<min(streams.count, Self.streamsPerInterval) {
            if next >= streams.count { next = 0 }
            tell(&streams[next], count, event, now)
            next += 1
        }
    }

    private func tell(_ stream: inout Stream, _ count: Int64, _ event: [UInt8], _ now: Double) {
        if stream.count != count {
            stream.responder.write(event)
        } else if now - stream.sent >= Self.heartbeat {
            stream.responder.write(Array(":\n\n".utf8))
        } else {
            return
        }
        stream.count = count
        stream.sent = now
    }

    private func removeClosed() {
        let before = streams.count
        streams.removeAll { !$0.responder.isStreaming }
        if streams.count != before { open(streams.count - before) }
    }
}
