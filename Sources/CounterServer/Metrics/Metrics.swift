import CLinux
import Counter
import HTTPServer

/// Everything that is measured, added up when somebody asks: each loop and the counter's thread count for themselves.
struct Metrics<Store: CounterStore> {
    let counter: Counter<Store>
    let readiness: Readiness
    let loops: [LoopStatistics]
    let commits: CommitStatistics
    let version: String

    func text(_ format: Exposition.Format) -> String {
        var page = Exposition(format)
        writeCount(&page)
        writeRequests(&page)
        writeConnections(&page)
        writeCommits(&page)
        writeState(&page)
        if let figures = ProcessFigures.read() { page.process(figures) }
        return page.whole
    }

    private func sum(_ part: (LoopStatistics) -> Int) -> Int { loops.reduce(0) { $0 + part($1) } }

    private func writeCount(_ page: inout Exposition) {
        page.family("counter_value", .gauge, "The count, as last committed or read by this process.")
        if let count = counter.lastKnownCount { page.sample(count) }
        page.family("counter_increments", .counter, "Increments that were acknowledged.")
        page.sample(sum { $0.requests.count(.root, .post, .ok) })
    }

    private func writeRequests(_ page: inout Exposition) {
        page.family("http_requests", .counter, "Requests that were answered.")
        forEachRoute { route, method in
            for status in Status.allCases {
                let count = sum { $0.requests.count(route, method, status) }
                guard count > 0 || Self.isExpected(route, method, status) else { continue }
                page.sample(
                    count,
                    ["route": route.label, "method": method.rawValue, "code": String(status.rawValue)])
            }
        }
        page.family(
            "http_request_duration_seconds", .histogram,
            "From the moment a whole request has arrived to that at which its answer was sent, in seconds.")
        forEachRoute { route, method in
            let parts = loops.map { $0.requests.duration(route, method) }
            guard let first = parts.first else { return }
            let whole = parts.dropFirst().reduce(first, +)
            guard whole.count > 0 || Self.isExpected(route, method, .ok) else { return }
            page.histogram(whole, scale: 1e9, ["route": route.label, "method": method.rawValue])
        }
    }

    private func forEachRoute(_ body: (Route, Method) -> Void) {
        for route in Route.allCases {
            for method in Method.all { body(route, method) }
        }
    }

    /// What is there from the start, at 0: an increase from nothing is one that Prometheus can't see.
    private static func isExpected(_ route: Route, _ method: Method, _ status: Status) -> Bool {
        route == .root && (method == .get || method == .post)
            && (status == .ok || status == .serviceUnavailable)
    }

    private func writeConnections(_ page: inout Exposition) {
        page.family("http_connections_open", .gauge, "Connections that are open.")
        page.sample(sum { $0.connections.accepted.count - $0.connections.closed.count })
        page.family("http_connections_accepted", .counter, "Connections that were accepted.")
        page.sample(sum { $0.connections.accepted.count })
        page.family("http_connections_cut", .counter, "Connections that the server ended early, by reason.")
        page.sample(sum { $0.connections.cutIdle.count }, ["reason": "idle"])
        page.sample(sum { $0.connections.cutByDeadline.count }, ["reason": "deadline"])
        page.sample(sum { $0.connections.cutMalformed.count }, ["reason": "malformed"])
        page.sample(sum { $0.connections.cutSlowReader.count }, ["reason": "slow_reader"])
        page.sample(sum { $0.connections.cutByShutdown.count }, ["reason": "shutdown"])
        page.family("http_accept_pauses", .counter, "How often no new connections were taken, by reason.")
        page.sample(sum { $0.connections.pausedByLimit.count }, ["reason": "limit"])
        page.sample(HTTPServer.pausesForDescriptors, ["reason": "descriptors"])
        page.family("http_event_streams_open", .gauge, "Event streams that are open.")
        page.sample(sum { $0.streams.count })
    }

    private func writeCommits(_ page: inout Exposition) {
        page.family("counter_commit_duration_seconds", .histogram, "How long commits took, in seconds.")
        page.histogram(commits.duration, scale: 1e9)
        page.family("counter_commit_batch_size", .histogram, "How many increments shared a commit.")
        page.histogram(commits.batchSize)
        page.family(
            "counter_commit_failures", .counter,
            "Commits and reads that failed, by the step; stalled: those that POSTs did not wait for.")
        for (kind, count) in commits.failuresByKind { page.sample(count, ["kind": kind]) }
        page.family("counter_waiting_increments", .gauge, "POSTs that wait for their commit.")
        page.sample(sum { $0.waiting.count })
        page.family(
            "counter_store_busy_seconds", .gauge,
            "For how long the call to the store that is under way has lasted, in seconds; 0 when none is.")
        page.sample(counter.secondsInStore)
        page.family(
            "counter_last_commit_timestamp_seconds", .gauge,
            "When the last commit succeeded, in seconds since 1970.")
        if let time = commits.lastCommitTime { page.sample(time) }
        page.family(
            "counter_last_commit_age_seconds", .gauge, "How long ago the last commit succeeded, in seconds.")
        if let age = commits.lastCommitAge { page.sample(age) }
    }

    private func writeState(_ page: inout Exposition) {
        page.family("counter_lock_held", .gauge, "1 where this process holds the lock for life.")
        page.sample(counter.holdsLock ? 1 : 0)
        page.family("counter_ready", .gauge, "1 where this process is ready.")
        page.sample(readiness.reason == nil ? 1 : 0)
        page.family("counter_build", .info, "What runs.")
        page.sample(1, ["version": version, "swift": Self.swift, "libevent": HTTPServer.libeventVersion])
    }

    /// The compiler's version, such as 6.3.1.
    private static var swift: String {
        let number = Int(CLINUX_SWIFT_VERSION)
        return "\(number / 10_000).\(number / 100 % 100).\(number % 100)"
    }
}
