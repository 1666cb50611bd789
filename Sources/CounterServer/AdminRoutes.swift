import Counter
import HTTPServer

/// The routes of the metrics port.
final class AdminRoutes<Store: CounterStore>: Handler {
    private let metrics: Metrics<Store>

    init(_ metrics: Metrics<Store>) {
        self.metrics = metrics
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
        case "/readyz": return .readiness(metrics.readiness.reason)
        default: return scrape(request)
        }
    }

    private func scrape(_ request: Request) -> Response {
        let wantsOpenMetrics = request.header("Accept").map { Accept($0).prefersOpenMetrics } ?? false
        let format = wantsOpenMetrics ? Exposition.Format.openMetrics : .text
        return Response(
            .ok,
            fields: "Content-Type: \(format.contentType)\r\nCache-Control: no-store\r\nVary: Accept\r\n",
            body: .text(metrics.text(format)))
    }
}
