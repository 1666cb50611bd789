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
    private var statistics: [RequestStatistics] = []
    private var threads: [Thread] = []
    private var counterThread: Thread?
    /// The fields of the log line that says where it listens.
    private(set) var addresses: Logger.Metadata = [:]

    /// Binds the addresses; nothing is served before ``start()``.
    /// - Throws: ``AddressError`` or ``SystemError``.
    init(_ settings: Settings, store: sending Store, logger: Logger) throws {
        self.settings = settings
        let counter = Counter(
            store: store, stallSeconds: settings.commitTimeout, observer: CounterLog(logger: logger))
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
        let statistics = RequestStatistics()
        let routes = CounterRoutes(
            counter: counter, loop: loop, readiness: readiness, settings: settings, statistics: statistics)
        server.serve(listener, on: loop, with: routes)
        loops.append(loop)
        self.statistics.append(statistics)
        addresses["server.address"] = "\(listener.address)"
        addresses["server.port"] = .stringConvertible(listener.port)
    }

    private func serveMetrics(_ listener: Listener) throws {
        let loop = try EventLoop()
        let routes = AdminRoutes(counter: counter, readiness: readiness, statistics: statistics)
        metricsServer.serve(listener, on: loop, with: routes)
        loops.append(loop)
        addresses["metrics.port"] = .stringConvertible(listener.port)
    }

    func start() {
        counterThread = Thread("counter") { [counter] in counter.run() }
        threads = loops.enumerated().map { index, loop in Thread("loop-\(index)") { loop.run() } }
    }

    /// Of the public port.
    var openConnections: Int { server.openConnections }

    func beginDraining() {
        readiness.beginDraining()
        server.beginDraining()
    }

    func stopAccepting() { server.stopAccepting() }

    /// Ends what is left: connections, loops, and the counter, unless its disk keeps it from ending.
    func stop() {
        server.closeAll()
        metricsServer.closeAll()
        for loop in loops { loop.stop() }
        for thread in threads { thread.join() }
        counter.stop()
        guard !counter.isInStore else { return }
        counterThread?.join()
        hasEnded = true
    }

    /// Whether ``stop()`` has ended all threads.
    private(set) var hasEnded = false

    /// The fields of the last log line.
    /// - Parameter cut: how many connections were open when time was up.
    func totals(cut: Int) -> Logger.Metadata {
        var requests = 0
        for part in statistics { part.forEach { requests += $3 } }
        var fields: Logger.Metadata = [
            "requests": .stringConvertible(requests), "connections.cut": .stringConvertible(cut),
        ]
        if let count = counter.lastKnownCount { fields["count"] = .stringConvertible(count) }
        return fields
    }
}
