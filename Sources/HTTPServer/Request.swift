import CLibevent

/// A request whose headers and body have arrived and passed the ``RequestGuard``.
///
/// Valid only while the handler that received it runs: it reads libevent's memory, which goes away with the
/// reply. What is needed later is copied; the reply itself is given through ``responder``.
public struct Request {
    let pointer: UnsafeMutablePointer<evhttp_request>
    let facts: RequestFacts
    /// Answers this request, now or later, on this loop.
    public let responder: Responder

    public var method: Method { facts.method }

    /// The path, without query and as it was sent, percent-encoded; `/` where an absolute target has none (RFC
    /// 9110, section 4.2.3). Up to 15 bytes cost no allocation.
    public var path: String { Self.path(pointer) }

    static func path(_ pointer: UnsafeMutablePointer<evhttp_request>) -> String {
        let uri = evhttp_request_get_evhttp_uri(pointer)
        guard let path = uri.flatMap(evhttp_uri_get_path), path.pointee != 0 else {
            return uri.flatMap(evhttp_uri_get_scheme) == nil ? "" : "/"
        }
        return String(cString: path)
    }

    /// The first field of this name, whatever its case; nil where there is none.
    public func header(_ name: StaticString) -> String? { Self.header(name, of: pointer) }

    /// The name is a literal, which C can read where it is: another string would be copied for each look.
    static func header(_ name: StaticString, of pointer: UnsafeMutablePointer<evhttp_request>) -> String? {
        let name = UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
        return evhttp_find_header(pointer.pointee.input_headers, name).map { String(cString: $0) }
    }
}

/// The request methods of RFC 9110, section 9, and PATCH (RFC 5789).
public enum Method: String, Sendable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
    case options = "OPTIONS"
    case trace = "TRACE"
    case connect = "CONNECT"
    case patch = "PATCH"
    /// Any other, for which libevent keeps no name.
    case other = "_OTHER"

    init(_ command: evhttp_cmd_type) {
        switch command {
        case EVHTTP_REQ_GET: self = .get
        case EVHTTP_REQ_POST: self = .post
        case EVHTTP_REQ_HEAD: self = .head
        case EVHTTP_REQ_PUT: self = .put
        case EVHTTP_REQ_DELETE: self = .delete
        case EVHTTP_REQ_OPTIONS: self = .options
        case EVHTTP_REQ_TRACE: self = .trace
        case EVHTTP_REQ_CONNECT: self = .connect
        case EVHTTP_REQ_PATCH: self = .patch
        default: self = .other
        }
    }
}
