import CLibevent
import Glibc

/// What the server itself must know of a request: how it is framed, and whether its connection may live on.
struct RequestFacts {
    var method: Method
    /// 0 for HTTP/1.0, 1 for HTTP/1.1 and whatever comes after it.
    var minorVersion: Int
    /// Whether the client wants, and evhttp agrees, that the connection stays open (RFC 9112, section 9.3).
    var keepsAlive: Bool
    /// Whether what follows the headers may be a body that evhttp didn't read.
    var mayHaveUnreadBody: Bool { method == .other || method == .trace }
}

/// Refuses what evhttp 2.1.12 accepts and RFC 9112 forbids, and what it would frame in another way than the next
/// server in line: a body taken for a request is how requests are smuggled.
struct RequestGuard {
    /// A request that must not be answered as one: the connection is to be closed after this.
    struct Refusal: Error {
        var status: Status
        var detail: String
    }

    private var hosts = 0
    private var contentLength: UnsafePointer<CChar>?
    private var transferEncoding: UnsafePointer<CChar>?
    private var closes = false
    private var connection: UnsafePointer<CChar>?

    /// Judges a request from its parsed headers, in one pass over them.
    static func check(_ request: UnsafeMutablePointer<evhttp_request>) throws(Refusal) -> RequestFacts {
        guard request.pointee.major == 1 else {
            throw Refusal(status: .versionNotSupported, detail: "This server speaks HTTP/1.0 and HTTP/1.1.")
        }
        let minor = Int(request.pointee.minor)
        let method = Method(evhttp_request_get_command(request))
        var guardian = RequestGuard()
        try checkTarget(request.pointee.uri)
        try guardian.walk(request.pointee.input_headers)
        try guardian.checkFraming(method)
        if guardian.hosts > 1 || minor >= 1 && guardian.hosts == 0 {
            throw Refusal(status: .badRequest, detail: "An HTTP/1.1 request has exactly one Host field.")
        }
        return RequestFacts(
            method: method, minorVersion: minor, keepsAlive: guardian.keepsAlive(minor: minor))
    }

    /// evhttp takes the last space of the request line for the end of its target, however many there are.
    private static func checkTarget(_ target: UnsafePointer<CChar>?) throws(Refusal) {
        guard var next = target else { return }
        while next.pointee != 0 {
            if (1...32).contains(next.pointee) || next.pointee == 127 {
                throw ambiguous("The request target has a space or a control character.")
            }
            next += 1
        }
    }

    private mutating func walk(_ headers: UnsafeMutablePointer<evkeyvalq>?) throws(Refusal) {
        var next = headers?.pointee.tqh_first
        while let header = next {
            try note(header.pointee.key, header.pointee.value)
            next = header.pointee.next.tqe_next
        }
    }

    private mutating func note(
        _ name: UnsafeMutablePointer<CChar>, _ value: UnsafeMutablePointer<CChar>
    ) throws(Refusal) {
        switch try Self.tokenLength(name) {
        case 4 where evutil_ascii_strcasecmp(name, "host") == 0:
            hosts += 1
        case 10 where evutil_ascii_strcasecmp(name, "connection") == 0:
            if connection == nil { connection = UnsafePointer(value) }
            if Self.list(value, contains: "close") { closes = true }
        case 14 where evutil_ascii_strcasecmp(name, "content-length") == 0:
            guard contentLength == nil else { throw Self.ambiguous("Content-Length was sent twice.") }
            contentLength = UnsafePointer(value)
        case 17 where evutil_ascii_strcasecmp(name, "transfer-encoding") == 0:
            guard transferEncoding == nil else { throw Self.ambiguous("Transfer-Encoding was sent twice.") }
            transferEncoding = UnsafePointer(value)
        default:
            break
        }
    }

    private func checkFraming(_ method: Method) throws(Refusal) {
        if let contentLength {
            guard transferEncoding == nil else {
                throw Self.ambiguous("Content-Length and Transfer-Encoding were both sent.")
            }
            guard Self.isDigits(contentLength) else {
                throw Self.ambiguous("Content-Length is not a number of bytes.")
            }
        }
        if let transferEncoding, evutil_ascii_strcasecmp(transferEncoding, "chunked") != 0 {
            throw Self.ambiguous("Transfer-Encoding may only be chunked.")
        }
        if transferEncoding != nil, ![.post, .put, .patch].contains(method) {
            throw Self.ambiguous("Only POST, PUT and PATCH may have a chunked body.")
        }
        // evhttp reads no body for this one, and would take it for the next request.
        let isEmpty = contentLength.map { strtoll($0, nil, 10) == 0 } ?? (transferEncoding == nil)
        if !isEmpty, method == .head {
            throw Self.ambiguous("A request of this method has no body.")
        }
    }

    /// evhttp's own rule (http.c, `evhttp_send_done`), narrowed by every option of the field: it looks at the
    /// first Connection field only, and only at the whole of it.
    private func keepsAlive(minor: Int) -> Bool {
        if closes { return false }
        if minor >= 1 { return true }
        return connection.map { evutil_ascii_strncasecmp($0, "keep-alive", 10) == 0 } ?? false
    }

    private static func ambiguous(_ detail: String) -> Refusal {
        Refusal(status: .badRequest, detail: detail)
    }

    /// The length of a field name, which must be a token (RFC 9110, section 5.6.2): "Content-Length " with a space
    /// before the colon is a field that evhttp doesn't know and another server does.
    private static func tokenLength(_ name: UnsafePointer<CChar>) throws(Refusal) -> Int {
        var length = 0
        while name[length] != 0 {
            guard isTokenByte(UInt8(bitPattern: name[length])) else {
                throw ambiguous("A header field's name has a character that is not allowed.")
            }
            length += 1
        }
        if length == 0 { throw ambiguous("A header field has no name.") }
        return length
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default:
            false
        }
    }

    private static func isDigits(_ value: UnsafePointer<CChar>) -> Bool {
        var length = 0
        while value[length] != 0 {
            guard (48...57).contains(value[length]) else { return false }
            length += 1
        }
        return length > 0
    }

    /// Whether a comma-separated list (RFC 9110, section 5.6.1) has `option`, whatever the case.
    private static func list(_ value: UnsafePointer<CChar>, contains option: String) -> Bool {
        String(cString: value).split(separator: ",").contains {
            $0.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }.lowercased() == option
        }
    }
}
