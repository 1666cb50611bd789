import Counter
import Glibc
import HTTPServer

/// The routes of the public port, for one loop.
///
/// `@unchecked Sendable`: made before its loop runs and used on that loop's thread from then on; the counter's
/// thread only hands it to ``EventLoop/execute(_:)``.
final class CounterRoutes<Store: CounterStore>: Handler, @unchecked Sendable {
    /// A request that waits for the counter.
    private struct Pending {
        var responder: Responder
        var method: Method
    }

    private let readiness: Readiness
    private let versionResponse: Response
    private let statistics: RequestStatistics
    private let commitTimeout: Double
    private var client: CounterClient<Pending, Store>!
    private var post: EndOfTurn!

    init(
        counter: Counter<Store>, loop: EventLoop, readiness: Readiness, settings: Settings,
        statistics: RequestStatistics
    ) {
        self.readiness = readiness
        self.statistics = statistics
        versionResponse = .version(settings.appVersion)
        commitTimeout = settings.commitTimeout
        client = counter.makeClient { [unowned self] in loop.execute { self.collect() } }
        post = loop.atEndOfTurn { [unowned self] in client.post() }
        loop.every(0.25) { [unowned self] in giveUpOnStalled() }
    }

    func respond(to request: Request) -> Response? {
        let route = Route(path: request.path)
        let response = answer(request, route)
        if let response { statistics.count(route, request.method, response.status) }
        return response
    }

    private func answer(_ request: Request, _ route: Route) -> Response? {
        if route == .other { return .notFound }
        switch request.method {
        case .get, .head: return read(request, route)
        case .post where route == .root: return wait(request, client.increment)
        case .options: return .options(allow: route.allow)
        default: return .methodNotAllowed(allow: route.allow)
        }
    }

    private func read(_ request: Request, _ route: Route) -> Response? {
        switch route {
        case .root: return readCount(request)
        case .health: return .healthy
        case .readiness: return .readiness(readiness.reason)
        case .version: return versionResponse
        case .description: return .description
        case .other: return .notFound
        }
    }

    private func readCount(_ request: Request) -> Response? {
        // Nothing and "*/*" are what programs send: not worth a parser's time.
        if let accept = request.header("Accept"), accept != "*/*", Accept(accept).prefersHTML {
            return PagePolicy.response
        }
        if let count = client.countInMemory { return .negotiatedCount(count) }
        return wait(request, client.read)
    }

    /// Leaves the answer to the counter, and asks it once a turn for all requests of that turn.
    private func wait(_ request: Request, _ want: (Pending) -> CounterError?) -> Response? {
        let pending = Pending(responder: request.responder, method: request.method)
        if let error = want(pending) { return .unavailable(error) }
        post.request()
        return nil
    }

    private func collect() {
        client.collect { pending, result in
            switch result {
            case .success(let count):
                finish(pending, pending.method == .post ? .count(count) : .negotiatedCount(count))
            case .failure(let error): finish(pending, .unavailable(error))
            }
        }
    }

    private func giveUpOnStalled() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let now = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        client.expire(before: now - commitTimeout) { finish($0, .unavailable(.stalled)) }
    }

    private func finish(_ pending: Pending, _ response: Response) {
        statistics.count(.root, pending.method, response.status)
        pending.responder.send(response)
    }
}
