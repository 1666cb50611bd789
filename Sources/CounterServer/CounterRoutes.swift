import Counter
import HTTPServer

/// The routes of the public port, for one loop.
///
/// `@unchecked Sendable`: made before its loop runs and used on that loop's thread from then on; the counter's
/// thread only hands it to ``EventLoop/execute(_:)``.
final class CounterRoutes<Store: CounterStore>: Handler, @unchecked Sendable {
    private let counter: Counter<Store>
    private let loop: EventLoop
    private let readiness: Readiness
    private let versionResponse: Response
    private let statistics: LoopStatistics
    private let accessLog: AccessLog?
    private let commitTimeout: Double
    private let streams: EventStreams
    /// How many ticks have gone by, while streams were open, since another process's count was asked for.
    private var ticksUnread = 0
    private var client: CounterClient!
    private var post: EndOfTurn!

    init(
        counter: Counter<Store>, loop: EventLoop, readiness: Readiness, settings: Settings,
        statistics: LoopStatistics, accessLog: AccessLog?
    ) {
        self.counter = counter
        self.loop = loop
        self.readiness = readiness
        self.statistics = statistics
        self.accessLog = accessLog
        streams = EventStreams { statistics.streams.add($0) }
        versionResponse = .version(settings.appVersion)
        commitTimeout = settings.commitTimeout
        client = counter.makeClient { [unowned self] in loop.execute { self.client.collect() } }
        post = loop.atEndOfTurn { [unowned self] in client.post() }
        loop.every(0.25) { [unowned self] in client.expire(before: Clock.seconds - commitTimeout) }
        loop.every(EventStreams.interval) { [unowned self] in tickStreams() }
    }

    func respond(to request: Request) -> Response? {
        let route = Route(path: request.path)
        if route == .other { return .notFound }
        switch request.method {
        case .get, .head: return read(request, route)
        case .post where route == .root: return increment(request)
        case .options: return .options(allow: route.allow)
        default: return .methodNotAllowed(allow: route.allow)
        }
    }

    func answered(_ exchange: Exchange) {
        let route = exchange.path.map { Route(path: $0) } ?? .other
        statistics.requests.count(
            route, exchange.method, exchange.status, nanoseconds: exchange.nanoseconds)
        accessLog?.write(exchange)
    }

    private func read(_ request: Request, _ route: Route) -> Response? {
        switch route {
        case .root: return readCount(request)
        case .health: return .healthy
        case .readiness: return .readiness(readiness.reason)
        case .version: return versionResponse
        case .events: return openStream(request)
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
        let responder = request.responder
        // Not counted: the client, which keeps the closure until it is called, is ours and goes with us.
        let refusal = client.read { [unowned(unsafe) self] in
            finish(responder, .outcome($0, Response.negotiatedCount))
        }
        if let refusal { return .unavailable(refusal) }
        post.request()
        return nil
    }

    /// Leaves the answer to the counter, and asks it once a turn for all requests of that turn.
    private func increment(_ request: Request) -> Response? {
        let responder = request.responder
        // Not counted, as above.
        let refusal = client.increment { [unowned(unsafe) self] in
            statistics.waiting.add(-1)
            finish(responder, .outcome($0, Response.count))
        }
        if let refusal { return .unavailable(refusal) }
        statistics.waiting.add(1)
        post.request()
        return nil
    }

    private func finish(_ responder: Responder, _ response: Response) {
        responder.send(response)
        loop.breathe()
    }
}

// Event streams.
extension CounterRoutes {
    /// About half a second.
    private static var ticksBetweenReads: Int { 5 }

    private func openStream(_ request: Request) -> Response {
        guard let count = counter.lastKnownCount else {
            return .unavailable(counter.condition.error ?? .starting)
        }
        if request.method == .get { streams.add(request.responder, count, now: Clock.seconds) }
        return EventStreams.response(count)
    }

    private func tickStreams() {
        guard !streams.isEmpty, let count = counter.lastKnownCount else { return }
        streams.tick(count, now: Clock.seconds)
        if client.countInMemory == nil { readForStreams() }
    }

    /// Where other processes count too, their increments are known only to those who ask.
    private func readForStreams() {
        ticksUnread += 1
        guard ticksUnread >= Self.ticksBetweenReads else { return }
        ticksUnread = 0
        // When it is answered, `lastKnownCount` is what was asked for.
        if client.read({ _ in }) == nil { post.request() }
    }
}
