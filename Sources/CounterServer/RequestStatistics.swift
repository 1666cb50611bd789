import HTTPServer

/// How many requests one loop has answered, by route, method and status. Written by the loop, read by any thread.
final class RequestStatistics: Sendable {
    private static let methods = [Method.get, .head, .post, .options, .other]
    private let counts: [Cell]

    /// A heap cell, for ``LoopCount`` can't be copied into an array.
    private final class Cell: Sendable { let count = LoopCount() }

    init() {
        let cells = Route.allCases.count * Self.methods.count * Status.allCases.count
        counts = (0..<cells).map { _ in Cell() }
    }

    func count(_ route: Route, _ method: Method, _ status: Status) {
        counts[Self.index(route, method, status)].count.add()
    }

    private static func index(_ route: Route, _ method: Method, _ status: Status) -> Int {
        let method = methods.firstIndex(of: method) ?? methods.count - 1
        let status = Status.allCases.firstIndex(of: status)!
        return (Route.allCases.firstIndex(of: route)! * methods.count + method) * Status.allCases.count
            + status
    }

    /// Every combination that has occurred, with its number.
    func forEach(_ body: (Route, Method, Status, Int) -> Void) {
        for route in Route.allCases {
            for method in Self.methods {
                for status in Status.allCases {
                    let count = counts[Self.index(route, method, status)].count.count
                    if count > 0 { body(route, method, status, count) }
                }
            }
        }
    }
}
