import Counter
import Glibc
import HTTPServer
import Logging

/// The program from its start to its end. Runs on the main thread, which waits for signals; each loop and the
/// counter have a thread of their own.
struct Server {
    typealias Store = FileStore<LinuxFileCalls>

    private let settings: Settings
    private let logger = Logger(label: "counter-server")

    init(_ settings: Settings) {
        self.settings = settings
    }

    func run() -> ExitStatus {
        var signals = Signals()
        logger.info("starting", metadata: settings.fields)
        raiseDescriptorLimit()
        do {
            let store = try Store(
                path: settings.counterFile, mode: settings.counterShared ? .shared : .singleWriter,
                calls: LinuxFileCalls())
            let service = try Service(settings, store: store, logger: logger)
            service.start()
            logger.info("listening", metadata: service.addresses)
            ResidentMemory.releaseCode()
            stop(service, after: signals.wait(), &signals)
            return .success
        } catch let error as StoreError {
            logger.critical("\(error)")
            return error.kind == .directory ? .cannotCreate : .badData
        } catch let error as AddressError {
            logger.critical("\(error)")
            return .unavailable
        } catch {
            logger.critical("\(error)")
            return .systemError
        }
    }

    /// Every connection is a descriptor: the soft limit is often 1024, the hard one is what counts.
    private func raiseDescriptorLimit() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let wanted = rlim_t(settings.maxConnections + 256)
        guard limit.rlim_cur < wanted else { return }
        limit.rlim_cur = min(wanted, limit.rlim_max)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        if limit.rlim_cur < wanted {
            logger.warning(
                "MAX_CONNECTIONS is more than this process may have descriptors for",
                metadata: ["limit": .stringConvertible(Int(limit.rlim_cur))])
        }
    }

    /// Unready first and open for a while, so that load balancers notice; then no new connections, and an end of
    /// those that are open as they become idle. A second signal ends it at once.
    private func stop(_ service: Service<Store>, after signal: Int32, _ signals: inout Signals) {
        logger.notice("draining", metadata: ["signal": signal == SIGINT ? "SIGINT" : "SIGTERM"])
        service.beginDraining()
        if let second = signals.wait(upTo: settings.drainDelay) { end(at: second) }
        service.stopAccepting()
        let deadline = Clock.seconds + settings.shutdownTimeout
        wait(&signals, until: deadline) { service.isDrained }
        let left = service.openConnections
        service.stop()
        wait(&signals, until: max(deadline, Clock.seconds + 0.5)) { !service.waitsForStore }
        logger.notice("stopped", metadata: service.totals(cut: left))
        // A disk that stalls keeps the counter's thread for as long as it likes, and all that the thread uses.
        if service.waitsForStore { _exit(ExitStatus.success.rawValue) }
        service.join()
    }

    private func wait(_ signals: inout Signals, until deadline: Double, for isDone: () -> Bool) {
        while !isDone(), Clock.seconds < deadline {
            if let second = signals.wait(upTo: 0.01) { end(at: second) }
        }
    }

    private func end(at signal: Int32) -> Never {
        logger.warning("stopped at once, at a second signal")
        _exit(128 + signal)
    }
}
