import CLibevent
import Synchronization

/// An HTTP/1.1 server over one or more event loops, on libevent's evhttp.
///
/// Made, given its loops and listeners, and let go by one thread; the calls in between may come from any.
/// ```swift
/// let server = HTTPServer(Configuration())
/// let loop = try EventLoop()
/// for listener in try Listener.bind(host: "", port: 8080, count: 1) {
///     server.serve(listener, on: loop, with: MyHandler())
/// }
/// // loop.run() on a thread of its own
/// server.beginDraining()
/// server.stopAccepting()
/// ```
public final class HTTPServer {
    private let configuration: Configuration
    private let state: ServerState
    private var workers: [(EventLoop, Worker)] = []

    public init(_ configuration: Configuration) {
        self.configuration = configuration
        state = ServerState(places: configuration.maxConnections)
    }

    /// Serves the listener's connections on `loop`, before the loop runs.
    /// - Parameters:
    ///   - handler: for this loop alone.
    ///   - statistics: is told what becomes of the connections.
    public func serve(
        _ listener: Listener, on loop: EventLoop, with handler: any Handler,
        statistics: ConnectionStatistics = ConnectionStatistics()
    ) {
        let worker = Worker(
            loop: loop, server: state, configuration: configuration, handler: handler, statistics: statistics)
        worker.listen(listener)
        workers.append((loop, worker))
    }

    /// Open connections of all loops.
    public var openConnections: Int { state.openConnections }

    /// Whether ``stopAccepting()`` is through on all loops and no connection is left.
    public var isDrained: Bool { state.isDrained }

    /// How often any loop of this process stopped accepting for want of a file descriptor.
    public static var pausesForDescriptors: Int { Listener.outOfDescriptors.load(ordering: .relaxed) }

    /// From now on every reply says `Connection: close`, so that clients turn elsewhere.
    public func beginDraining() { state.isDraining = true }

    /// Takes no more connections, and closes each one as soon as it is idle.
    public func stopAccepting() { onAllLoops { $0.stopAccepting() } }

    /// Ends the connections that are left, whatever they wait for.
    public func closeAll() { onAllLoops { $0.closeAll() } }

    private func onAllLoops(_ body: @escaping @Sendable (Worker) -> Void) {
        for (loop, worker) in workers { loop.execute { body(worker) } }
    }
}

extension HTTPServer {
    /// The version of the library below, such as `2.1.12-stable` (event_get_version).
    public static var libeventVersion: String { String(cString: event_get_version()) }
}
