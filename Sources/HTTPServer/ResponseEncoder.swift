/// Turns a ``Response`` into bytes, in one buffer that each loop uses again and again: evhttp allocates every
/// field of every reply, and formats it with printf.
struct ResponseEncoder {
    /// How the message ends: what RFC 9112 ties to the request.
    struct Framing {
        var isHead = false
        var keepsAlive = true
        /// HTTP/1.0: there, staying open is what has to be said.
        var minorVersion = 1
    }

    private(set) var bytes: [UInt8] = []
    private var date = DateField()

    mutating func encode(_ response: Response, _ framing: Framing) {
        bytes.removeAll(keepingCapacity: true)
        date.refresh()
        append("HTTP/1.1 ")
        append(Int64(response.status.rawValue))
        append(" ")
        append(response.status.phrase)
        append("\r\n")
        bytes += date.bytes
        append(response.fields)
        appendConnection(framing)
        appendLength(response)
        append("\r\n")
        if !framing.isHead { appendBody(response.body) }
    }

    private mutating func appendConnection(_ framing: Framing) {
        if !framing.keepsAlive {
            append("Connection: close\r\n")
        } else if framing.minorVersion == 0 {
            append("Connection: keep-alive\r\n")
        }
    }

    /// A 204 has none (RFC 9110, section 8.6); a HEAD has that of the GET.
    private mutating func appendLength(_ response: Response) {
        guard response.status != .noContent else { return }
        append("Content-Length: ")
        append(Int64(response.body.length))
        append("\r\n")
    }

    private mutating func appendBody(_ body: Response.Body) {
        switch body {
        case .empty: break
        case .text(let text): append(text)
        case .bytes(let content): bytes += content
        case .number(let before, let number, let after):
            append(before)
            append(number)
            append(after)
        }
    }

    private mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { bytes.append(contentsOf: $0) }
    }

    private mutating func append(_ number: Int64) {
        let end = bytes.count + number.digits
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: number.digits))
        var rest = number
        var position = end - 1
        while rest != 0 {
            bytes[position] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
            position -= 1
        }
    }
}

extension Response.Body {
    /// In bytes.
    public var length: Int {
        switch self {
        case .empty: 0
        case .text(let text): text.utf8.count
        case .bytes(let content): content.count
        case .number(let before, let number, let after):
            before.utf8.count + number.digits + after.utf8.count
        }
    }
}

extension Int64 {
    /// How many decimal digits a number of 0 or more has.
    fileprivate var digits: Int {
        var digits = 1
        var rest = self / 10
        while rest != 0 {
            digits += 1
            rest /= 10
        }
        return digits
    }
}
