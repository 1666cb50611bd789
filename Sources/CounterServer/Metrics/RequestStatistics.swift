import HTTPServer

/// How many requests one loop has answered, by route, method and status, and how long that took, by route and
/// method. Written by the loop, read by any thread.
final class RequestStatistics: Sendable {
    private static let methods = Method.all.count
    private static let statuses = Status.allCases.count

    private let counts = LoopCounts(Route.allCases.count * methods * statuses)
    private let durations = Histograms(
        bounds: Histograms.durationBounds, rows: Route.allCases.count * methods)

    /// - Parameter nanoseconds: 0 where the time was not taken.
    func count(_ route: Route, _ method: Method, _ status: Status, nanoseconds: Int) {
        let row = Self.row(route, method)
        counts.add(at: row * Self.statuses + status.slot)
        if nanoseconds > 0 { durations.record(nanoseconds, row: row) }
    }

    private static func row(_ route: Route, _ method: Method) -> Int {
        route.rawValue * methods + method.slot
    }

    func count(_ route: Route, _ method: Method, _ status: Status) -> Int {
        counts[Self.row(route, method) * Self.statuses + status.slot]
    }

    func duration(_ route: Route, _ method: Method) -> Histograms.Snapshot {
        durations.snapshot(row: Self.row(route, method))
    }

    var total: Int { (0..<counts.count).reduce(0) { $0 + counts[$1] } }
}

/// What one loop of the public port counts. Written by the loop, read by any thread.
final class LoopStatistics: Sendable {
    let requests = RequestStatistics()
    let connections = ConnectionStatistics()
    /// POSTs that wait for their commit now.
    let waiting = LoopCount()
    /// Event streams that are open now.
    let streams = LoopCount()
}
