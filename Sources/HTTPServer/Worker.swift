import CLibevent
import Glibc

/// One loop's share of an ``HTTPServer``: its evhttp, its listener, its connections.
///
/// `@unchecked Sendable`: made before its loop runs, freed after the loop has ended, and in between used on the
/// loop's thread only, where ``EventLoop/execute(_:)`` takes everything that comes from outside.
final class Worker: @unchecked Sendable {
    let handler: any Handler
    let statistics: ConnectionStatistics
    let configuration: Configuration
    var encoder = ResponseEncoder()
    /// Where each read goes first. One for all connections of the loop.
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 * 1024, alignment: 16)
    let loop: EventLoop
    private let server: ServerState
    private let http: OpaquePointer
    private var listener: Listener?
    /// By evhttp's own connection.
    private var connections: [OpaquePointer: Connection] = [:]
    /// Bufferevents that evhttp was given in this turn, each with a reference of ours.
    private var accepted: [OpaquePointer] = []
    /// Those that another loop was quicker to take the last place from.
    private var waiting: [Connection] = []
    private var closing: [Connection] = []
    /// Those that may probe: new ones, and whose last request was a probe. The latest of them.
    private var probing: [Connection] = []
    private var endOfTurn: EndOfTurn?
    private var isClosing = false

    init(
        loop: EventLoop, server: ServerState, configuration: Configuration, handler: any Handler,
        statistics: ConnectionStatistics
    ) {
        self.loop = loop
        self.server = server
        self.configuration = configuration
        self.handler = handler
        self.statistics = statistics
        http = evhttp_new(loop.base)
        let context = Unmanaged.passUnretained(self).toOpaque()
        evhttp_set_max_headers_size(http, configuration.maxHeaderSize)
        evhttp_set_max_body_size(http, configuration.maxBodySize)
        // All of them, unknown ones too: which method a path allows is the handler's to say.
        evhttp_set_allowed_methods(http, UInt16.max)
        evhttp_set_bevcb(http, { _, context in Worker.from(context).makeBuffer() }, context)
        evhttp_set_gencb(http, { request, context in Worker.from(context).handle(request!) }, context)
        endOfTurn = loop.atEndOfTurn { [unowned self] in finishTurn() }
        loop.every(Self.scanSeconds) { [unowned self] in scan() }
        loop.urgentWork = { [unowned self] in serveProbes() }
    }

    /// Everything that is still open goes with it; responders that are still held do nothing from now on.
    deinit {
        for connection in connections.values { connection.close() }
        scratch.deallocate()
        // With its listening socket.
        evhttp_free(http)
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> Worker {
        Unmanaged<Worker>.fromOpaque(context!).takeUnretainedValue()
    }

    /// How often deadlines are looked after: they are given in seconds.
    private static let scanSeconds = 0.25
    /// For how long a connection that was shut down may take to close, at most.
    private static let lingerSeconds = 2.0

    /// Seconds on a clock that only goes forward; the coarse one, a few nanoseconds a reading.
    var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    var base: OpaquePointer { loop.base }

    var isDraining: Bool { server.isDraining }

    func listen(_ listener: Listener) {
        self.listener = listener
        server.countListening()
        listener.start(on: loop, http)
    }

    private func handle(_ request: UnsafeMutablePointer<evhttp_request>) {
        connections[request.pointee.evcon]!.handle(request)
    }
}

// Connections come and go.
extension Worker {
    /// evhttp has accepted a connection and asks for its bufferevent. What it makes of it can be had at the end of
    /// the turn, before any of its bytes are read.
    private func makeBuffer() -> OpaquePointer? {
        guard let buffer = bufferevent_socket_new(loop.base, -1, 0) else { return nil }
        bufferevent_incref(buffer)
        accepted.append(buffer)
        server.countOpened()
        statistics.accepted.add()
        endOfTurn?.request()
        return buffer
    }

    private func adopt(_ buffer: OpaquePointer) {
        defer { bufferevent_decref(buffer) }
        var context: UnsafeMutableRawPointer?
        bufferevent_getcb(buffer, nil, nil, nil, &context)
        // evhttp gives itself as the callbacks' argument, and nothing once it has freed the connection.
        guard let context, bufferevent_getfd(buffer) >= 0 else { return server.countClosed() }
        let evcon = OpaquePointer(context)
        let connection = Connection(worker: self, evcon: evcon, buffer: buffer)
        connections[evcon] = connection
        waiting.append(connection)
    }

    /// Serves those that wait, as far as there are places, and accepts more only where places are left.
    private func fillPlaces() {
        while let next = waiting.first, !next.isOpen || server.takePlace() {
            waiting.removeFirst()
            if next.isOpen { next.start() }
        }
        guard let listener else { return }
        if server.hasPlace {
            listener.resume()
        } else if listener.isAccepting {
            listener.pause()
            statistics.pausedByLimit.add()
        }
    }

    func forget(_ connection: Connection, _ evcon: OpaquePointer) {
        connections[evcon] = nil
        if connection.isProbing { expectProbe(from: connection, false) }
        server.countClosed()
        statistics.closed.add()
        guard connection.phase != .waiting else { return }
        server.givePlaceBack()
        // Not now, in the middle of a call of evhttp's.
        if listener?.isAccepting == false { endOfTurn?.request() }
    }

    func closeAtEndOfTurn(_ connection: Connection) {
        closing.append(connection)
        endOfTurn?.request()
    }

    private func finishTurn() {
        let (accepted, closing) = (accepted, closing)
        (self.accepted, self.closing) = ([], [])
        for buffer in accepted { adopt(buffer) }
        for connection in closing { connection.close() }
        fillPlaces()
    }
}

// Probes.
extension Worker {
    /// A few: who opens many connections to probe is a load like any other.
    private static let probingAtOnce = 4

    /// Notes whether a connection's next request may be a probe.
    func expectProbe(from connection: Connection, _ expected: Bool) {
        guard connection.isProbing != expected else { return }
        connection.isProbing = expected
        if !expected {
            probing.removeAll { $0 === connection }
        } else {
            probing.append(connection)
            if probing.count > Self.probingAtOnce { probing.removeFirst().isProbing = false }
        }
    }

    /// Looks, in the middle of a turn, whether a probe has come. Behind hundreds of requests that came before it, its
    /// answer would tell how long the queue is, and not whether the process serves.
    private func serveProbes() {
        // A copy: a connection that sends something else, or closes, leaves the list.
        for connection in Array(probing) where connection.phase == .reading { connection.receive() }
    }
}

// Deadlines and the end.
extension Worker {
    private func scan() {
        fillPlaces()
        let now = now
        // A copy: a connection that is closed leaves the table.
        for connection in Array(connections.values) { check(connection, now) }
    }

    private func check(_ connection: Connection, _ now: Double) {
        let silence = now - connection.lastActive
        switch connection.phase {
        case .reading:
            if let began = connection.requestBegan, now - began > configuration.requestTimeout {
                connection.timeOut()
            } else if silence > configuration.idleTimeout {
                statistics.cutIdle.add()
                connection.close()
            } else if isClosing, connection.isIdle {
                connection.closeIfSilent()
            }
        case .flushing where silence > configuration.idleTimeout:
            statistics.cutSlowReader.add()
            connection.close()
        case .lingering where silence > Self.lingerSeconds:
            connection.close()
        case .streaming where isClosing:
            connection.endStream()
        case .waiting, .answering, .flushing, .streaming, .lingering:
            break
        }
    }

    /// Accepts what waits, then no more, and closes each connection as it becomes idle.
    func stopAccepting() {
        // A socket that is closed resets what waits in its queue: the turn before that takes it in.
        listener?.resume()
        loop.after(0) { [unowned self] in
            guard let stopped = listener else { return }
            stopped.stop(http)
            listener = nil
            server.countStopped()
            isClosing = true
            scan()
        }
    }

    /// Ends all connections, whatever they wait for.
    func closeAll() {
        for connection in Array(connections.values) {
            statistics.cutByShutdown.add()
            connection.close()
        }
    }
}
