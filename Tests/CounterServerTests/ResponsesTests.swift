import Counter
import HTTPServer
import Testing

@testable import CounterServer

@Suite struct ResponsesTests {
    private func text(_ response: Response) -> String {
        switch response.body {
        case .text(let text): text
        case .number(let before, let number, let after): "\(before)\(number)\(after)"
        default: ""
        }
    }

    @Test func theCountIsJSONAndANewline() {
        #expect(text(.count(42)) == "{\"counter\":42}\n")
        #expect(Response.count(42).fields.contains("Content-Type: application/json\r\n"))
        #expect(Response.count(42).fields.contains("Cache-Control: no-store\r\n"))
    }

    @Test func readinessNamesItsReason() {
        #expect(text(.readiness(nil)) == "{\"status\":\"ready\"}\n")
        let unready = Response.readiness("lock held")
        #expect(unready.status == .serviceUnavailable)
        #expect(text(unready) == "{\"status\":\"unready\",\"reason\":\"lock held\"}\n")
    }

    @Test func aVersionIsQuoted() {
        #expect(text(.version("1\"2")) == "{\"version\":\"1\\\"2\"}\n")
    }

    @Test(arguments: [
        CounterError.starting, .lockHeld, .storeFailing("the disk is full"), .stalled, .exhausted,
    ])
    func whatWasNotAcknowledgedIs503AndSaysWhenToTryAgain(error: CounterError) {
        let response = Response.unavailable(error)
        #expect(response.status == .serviceUnavailable)
        #expect(response.fields.contains("Retry-After: "))
        #expect(text(response).contains("\"detail\":\""))
    }

    @Test(arguments: [
        ("/", Route.root), ("/healthz", .health), ("/readyz", .readiness), ("/version", .version),
        ("/healthz/", .other), ("", .other), ("/HEALTHZ", .other), ("/metrics", .other),
    ])
    func aPathIsMatchedToTheLetter(path: String, route: Route) {
        #expect(Route(path: path) == route)
    }
}
