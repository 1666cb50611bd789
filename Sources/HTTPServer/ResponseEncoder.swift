/// Turns a ``Response`` into bytes, in one buffer that each loop uses again and again: evhttp allocates every
/// field of every reply, and formats it with printf.
struct ResponseEncoder: ~Copyable {
    /// How the message ends: what RFC 9112 ties to the request.
    struct Framing: Equatable {
        var isHead = false
        var keepsAlive = true
        /// HTTP/1.0: there, staying open is what has to be said.
        var minorVersion = 1
    }

    private var buffer = ByteBuffer()
    /// The last message up to its Connection field. Mostly the next one's is the same: a twentieth of a request's
    /// instructions.
    private var head = ByteBuffer()
    private var headStatus: Status?
    private var headFields = ""
    private var headFraming = Framing()
    private var date = DateField()

    /// The message that was encoded last; valid until the next.
    var bytes: UnsafeRawBufferPointer { buffer.bytes }

    mutating func encode(_ response: Response, _ framing: Framing) {
        let isNewSecond = date.refresh()
        if isNewSecond || response.status != headStatus || framing != headFraming
            || response.fields != headFields
        {
            encodeHead(response, framing)
        }
        buffer.removeAll()
        buffer.append(head.bytes)
        appendLength(response, framing)
        buffer.append("\r\n")
        if !framing.isHead { appendBody(response.body, framing) }
    }

    private mutating func encodeHead(_ response: Response, _ framing: Framing) {
        (headStatus, headFields, headFraming) = (response.status, response.fields, framing)
        head.removeAll()
        head.append("HTTP/1.1 ")
        head.append(Int64(response.status.rawValue))
        head.append(" ")
        head.append(response.status.phrase)
        head.append("\r\n")
        head.append(date.bytes)
        head.append(response.fields)
        if !framing.keepsAlive {
            head.append("Connection: close\r\n")
        } else if framing.minorVersion == 0 {
            head.append("Connection: keep-alive\r\n")
        }
    }

    /// More of a body that is a stream. For HTTP/1.0, which has no chunks, the connection's end is the body's.
    mutating func encode(more content: [UInt8], minorVersion: Int) {
        buffer.removeAll()
        appendChunk(content, minorVersion)
    }

    /// A 204 has none (RFC 9110, section 8.6); a HEAD has that of the GET.
    private mutating func appendLength(_ response: Response, _ framing: Framing) {
        guard response.status != .noContent else { return }
        if case .stream = response.body {
            if framing.minorVersion > 0 { buffer.append("Transfer-Encoding: chunked\r\n") }
            return
        }
        buffer.append("Content-Length: ")
        buffer.append(Int64(response.body.length))
        buffer.append("\r\n")
    }

    /// An empty chunk is the last (RFC 9112, section 7.1).
    private mutating func appendChunk(_ content: [UInt8], _ minorVersion: Int) {
        guard minorVersion > 0 else {
            buffer.append(content)
            return
        }
        buffer.append(String(content.count, radix: 16))
        buffer.append("\r\n")
        buffer.append(content)
        buffer.append("\r\n")
    }

    private mutating func appendBody(_ body: Response.Body, _ framing: Framing) {
        switch body {
        case .stream(let first): appendChunk(first, framing.minorVersion)
        case .empty: break
        case .text(let text): buffer.append(text)
        case .bytes(let content): buffer.append(content)
        case .number(let before, let number, let after):
            buffer.append(before)
            buffer.append(number)
            buffer.append(after)
        }
    }
}

extension Response.Body {
    /// In bytes; of a stream, those that it begins with.
    public var length: Int {
        switch self {
        case .stream(let first): first.count
        case .empty: 0
        case .text(let text): text.utf8.count
        case .bytes(let content): content.count
        case .number(let before, let number, let after):
            before.utf8.count + number.digits + after.utf8.count
        }
    }
}
