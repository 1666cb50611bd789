import HTTPServer

/// What a path stands for, and which methods it allows.
enum Route: Int, CaseIterable, Sendable {
    case root, health, readiness, version, events, description, other

    init(path: String) {
        switch path {
        case "/": self = .root
        case "/healthz": self = .health
        case "/readyz": self = .readiness
        case "/version": self = .version
        case "/events": self = .events
        case "/openapi.yaml": self = .description
        default: self = .other
        }
    }

    /// The label in metrics: one for all unknown paths, or whoever asks for many would make many series.
    var label: String {
        switch self {
        case .root: "/"
        case .health: "/healthz"
        case .readiness: "/readyz"
        case .version: "/version"
        case .events: "/events"
        case .description: "/openapi.yaml"
        case .other: "other"
        }
    }

    var allow: String { self == .root ? "GET, HEAD, POST, OPTIONS" : "GET, HEAD, OPTIONS" }
}
