import Counter
import HTTPServer

/// The routes of the metrics port.
final class AdminRoutes<Store: CounterStore>: Handler {
    private let counter: Counter<Store>
    private let readiness: Readiness
    private let statistics: [RequestStatistics]

    init(counter: Counter<Store>, readiness: Readiness, statistics: [RequestStatistics]) {
        self.counter = counter
        self.readiness = readiness
        self.statistics = statistics
    }

    func respond(to request: Request) -> Response? {
        let path = request.path
        guard ["/metrics", "/healthz", "/readyz"].contains(path) else { return .notFound }
        let allow = "GET, HEAD, OPTIONS"
        switch request.method {
        case .get, .head: break
        case .options: return .options(allow: allow)
        default: return .methodNotAllowed(allow: allow)
        }
        switch path {
        case "/healthz": return .healthy
        case "/readyz": return .readiness(readiness.reason)
        default: return metrics()
        }
    }

    private func metrics() -> Response {
        var text = ""
        if let count = counter.lastKnownCount {
            text += "# HELP counter_value The count.\n# TYPE counter_value gauge\ncounter_value \(count)\n"
        }
        text += "# HELP http_requests_total Requests answered.\n# TYPE http_requests_total counter\n"
        var totals: [String: Int] = [:]
        for part in statistics {
            part.forEach { route, method, status, count in
                let labels =
                    "route=\"\(route.rawValue)\",method=\"\(method.rawValue)\",code=\"\(status.rawValue)\""
                totals[labels, default: 0] += count
            }
        }
        for (labels, count) in totals.sorted(by: { $0.key < $1.key }) {
            text += "http_requests_total{\(labels)} \(count)\n"
        }
        let type = "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\nCache-Control: no-store\r\n"
        return Response(.ok, fields: type, body: .text(text))
    }
}
