import Synchronization
import Testing

@testable import HTTPServer

@Suite struct ExchangeTests {
    struct Told: Sendable {
        var method: Method
        var status: Int
        var path: String?
        var agent: String?
        var host: String?
        var nanoseconds: Int
    }

    /// What the handler is told of the answers to `bytes`.
    private func told(_ bytes: String, timed: Bool = false) throws -> [Told] {
        let told = Mutex<[Told]>([])
        var configuration = Configuration()
        configuration.timesExchanges = timed
        let server = try TestServer(
            configuration,
            answered: { exchange in
                let entry = Told(
                    method: exchange.method, status: exchange.status.rawValue, path: exchange.path,
                    agent: exchange.header("User-Agent"), host: exchange.peer?.host,
                    nanoseconds: exchange.nanoseconds)
                told.withLock { $0.append(entry) }
            }, { _ in Response(.notFound) })
        _ = try server.exchange(bytes)
        return told.withLock { $0 }
    }

    @Test func eachAnswerIsToldOnceWithItsRequest() throws {
        let request = "POST /a?b HTTP/1.1\r\nHost: h\r\nUser-Agent: me\r\n\r\n"
        let all = try told(request + request)
        #expect(all.count == 2)
        let first = try #require(all.first)
        #expect(first.method == .post)
        #expect(first.status == 404)
        #expect(first.path == "/a")
        #expect(first.agent == "me")
        #expect(first.host == "127.0.0.1")
        #expect(first.nanoseconds == 0, "nobody asked for times")
    }

    @Test func timesAreTakenWhereTheyAreWanted() throws {
        let all = try told("GET / HTTP/1.1\r\nHost: h\r\n\r\n", timed: true)
        #expect(all.map { $0.nanoseconds > 0 } == [true])
    }

    @Test func whatTheServerAnswersByItselfIsToldToo() throws {
        let refused = try told("GET /x HTTP/1.1\r\n\r\n")
        #expect(refused.map(\.status) == [400])
        #expect(refused.first?.path == "/x")
        let unreadable = try told("nonsense\r\n\r\n")
        #expect(unreadable.map(\.status) == [400])
        #expect(unreadable.first?.method == .other)
        #expect(unreadable.first?.path == nil)
    }
}
