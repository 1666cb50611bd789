import Counter
import Glibc
import HTTPServer
import Logging

/// Seconds on a clock that only goes forward.
enum Clock {
    static var seconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// An address that can't be bound.
struct AddressError: Error, CustomStringConvertible {
    var description: String
}

/// The parts, put together: a counter on its thread, the public port on its loops, the metrics port on a loop of its
/// own, so that neither a scrape nor a probe there waits for the load, nor the load for them.
final class Service<Store: CounterStore> {
    private let settings: Settings
    private let counter: Counter<Store>
    private let readiness: Readiness
    private let server: HTTPServer
    private let metricsServer: HTTPServer
    private var loops: [EventLoop] = []
    private var statistics: [LoopStatistics] = []
    private let commits = CommitStatistics()
    private var stallWatch: StallWatch<Store>?
    private let accessLog: AccessLog?
    private var accessLogThread: Thread?
    private var threads: [Thread] = []
    private var counterThread: Thread?
    /// The fields of the log line that says where it listens.
    private(set) var addresses: Logger.Metadata = [:]

    /// Binds the addresses; nothing is served before ``start()``.
    /// - Throws: ``AddressError`` or ``SystemError``.
    init(_ settings: Settings, store: sending Store, logger: Logger) throws {
        self.settings = settings
        accessLog = settings.accessLog ? try AccessLog(settings.logFormat ?? .preferred) : nil
        let events = CounterEvents(log: CounterLog(logger: logger), statistics: commits)
        let counter = Counter(store: store, stallSeconds: settings.commitTimeout, observer: events)
        self.counter = counter
        readiness = Readiness { counter.condition }
        server = HTTPServer(settings.configuration)
        metricsServer = HTTPServer(settings.configuration)
        let listeners = try Self.bind("PORT", settings.host, settings.port, count: settings.eventLoops)
        let metricsListeners =
            settings.metricsPort == 0
            ? [] : try Self.bind("METRICS_PORT", settings.host, settings.metricsPort, count: 1)
        for listener in listeners { try serve(listener) }
        for listener in metricsListeners { try serveMetrics(listener) }
        let watch = StallWatch(
            counter, limit: settings.commitTimeout, statistics: commits, logger: logger)
        stallWatch = watch
        // Not held by the loop: it knows the counter, and the counter how to wake the loop.
        loops[0].every(0.25) { [unowned watch] in watch.look() }
    }

    private static func bind(_ setting: String, _ host: String, _ port: Int, count: Int) throws -> [Listener]
    {
        do {
            return try Listener.bind(host: host, port: port, count: count)
        } catch {
            throw AddressError(description: "\(setting): can't listen on port \(port): \(error)")
        }
    }

    private func serve(_ listener: Listener) throws {
        let loop = try EventLoop()
        let statistics = LoopStatistics()
        let routes = CounterRoutes(
            counter: counter, loop: loop, readiness: readiness, settings: settings, statistics: statistics,
            accessLog: accessLog)
        server.serve(listener, on: loop, with: routes, statistics: statistics.connections)
        loops.append(loop)
        self.statistics.append(statistics)
        addresses["server.address"] = "\(listener.address)"
        addresses["server.port"] = .stringConvertible(listener.port)
    }

    private func serveMetrics(_ listener: Listener) throws {
        let loop = try EventLoop()
        let metrics = Metrics(
            counter: counter, readiness: readiness, loops: statistics, commits: commits,
            version: settings.appVersion)
        metricsServer.serve(listener, on: loop, with: AdminRoutes(metrics))
        loops.append(loop)
        addresses["metrics.port"] = .stringConvertible(listener.port)
    }

    func start() {
        accessLogThread = accessLog.map { log in Thread("access-log") { log.run() } }
        counterThread = Thread("counter") { [counter] in counter.run() }
        threads = loops.enumerated().map { index, loop in Thread("loop-\(index)") { loop.run() } }
    }

    /// Of the public port.
    var openConnections: Int { server.openConnections }

    /// Whether the public port takes no more connections, and has none left.
    var isDrained: Bool { server.isDrained }

    func beginDraining() {
        readiness.beginDraining()
        server.beginDraining()
    }

    func stopAccepting() { server.stopAccepting() }

    /// Ends connections and loops, and asks the counter to end.
    func stop() {
        server.closeAll()
        metricsServer.closeAll()
        for loop in loops { loop.stop() }
        for thread in threads { thread.join() }
        accessLog?.close()
        accessLogThread?.join()
        counter.stop()
    }

    /// Whether the counter can't end yet, since its disk has not answered.
    var waitsForStore: Bool { counter.isInStore }

    /// Waits for the counter's end.
    func join() { counterThread?.join() }

    /// The fields of the last log line.
    /// - Parameter cut: how many connections were open when time was up.
    func totals(cut: Int) -> Logger.Metadata {
        let requests = statistics.reduce(0) { $0 + $1.requests.total }
        var fields: Logger.Metadata = [
            "requests": .stringConvertible(requests), "connections.cut": .stringConvertible(cut),
        ]
        if let count = counter.lastKnownCount { fields["count"] = .stringConvertible(count) }
        return fields
    }
}
