import HTTPServer

/// What a path stands for, and which methods it allows.
enum Route: String, CaseIterable, Sendable {
    case root = "/"
    case health = "/healthz"
    case readiness = "/readyz"
    case version = "/version"
    case description = "/openapi.yaml"
    case other

    init(path: String) {
        switch path {
        case "/": self = .root
        case "/healthz": self = .health
        case "/readyz": self = .readiness
        case "/version": self = .version
        case "/openapi.yaml": self = .description
        default: self = .other
        }
    }

    var allow: String { self == .root ? "GET, HEAD, POST, OPTIONS" : "GET, HEAD, OPTIONS" }
}
