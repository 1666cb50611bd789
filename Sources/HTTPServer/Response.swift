/// An answer: plain data, to be given to a ``Responder``.
public struct Response: Equatable, Sendable {
    public var status: Status
    /// Header fields, ready to be sent, each ending in CRLF. Date, Content-Length and Connection are added.
    public var fields: String
    public var body: Body
    /// Whether it answers a probe, whose sender is served before others (``Worker/serveProbes()``).
    public var isProbe: Bool

    public init(_ status: Status, fields: String = "", body: Body = .empty, isProbe: Bool = false) {
        self.isProbe = isProbe
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// A body's content. A number between two texts is a case of its own: it is written without an allocation.
    public enum Body: Equatable, Sendable {
        /// Goes on after these first bytes, with ``Responder/write(_:)``, until one side ends it.
        case stream([UInt8])
        case empty
        case text(String)
        case bytes([UInt8])
        case number(before: String, Int64, after: String)
    }
}

/// The status codes that the server and its program answer with (RFC 9110, section 15; RFC 6585 for 431).
public enum Status: Int, CaseIterable, Sendable {
    case ok = 200
    case noContent = 204
    case badRequest = 400
    case notFound = 404
    case methodNotAllowed = 405
    case requestTimeout = 408
    case contentTooLarge = 413
    case expectationFailed = 417
    case headerFieldsTooLarge = 431
    case internalServerError = 500
    case notImplemented = 501
    case serviceUnavailable = 503
    case versionNotSupported = 505

    public var phrase: String {
        switch self {
        case .ok: "OK"
        case .noContent: "No Content"
        case .badRequest: "Bad Request"
        case .notFound: "Not Found"
        case .methodNotAllowed: "Method Not Allowed"
        case .requestTimeout: "Request Timeout"
        case .contentTooLarge: "Content Too Large"
        case .expectationFailed: "Expectation Failed"
        case .headerFieldsTooLarge: "Request Header Fields Too Large"
        case .internalServerError: "Internal Server Error"
        case .notImplemented: "Not Implemented"
        case .serviceUnavailable: "Service Unavailable"
        case .versionNotSupported: "HTTP Version Not Supported"
        }
    }
}

extension Response {
    /// An error as RFC 9457 describes it: `application/problem+json` with `status`, `title` and, where it helps,
    /// `detail`.
    /// - Parameter fields: further header fields, each ending in CRLF.
    public static func problem(_ status: Status, detail: String? = nil, fields: String = "") -> Response {
        let rest = detail.map { ",\"detail\":\(JSON.quoted($0))" } ?? ""
        return Response(
            status,
            fields: "Content-Type: application/problem+json\r\nCache-Control: no-store\r\n" + fields,
            body: .text("{\"status\":\(status.rawValue),\"title\":\"\(status.phrase)\"\(rest)}\n"))
    }
}
