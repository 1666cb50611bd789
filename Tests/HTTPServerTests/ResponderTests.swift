import Foundation
import Synchronization
import Testing

@testable import HTTPServer

private let request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

/// Keeps responders of one loop; touched on that loop only, but for the count.
private final class Kept: @unchecked Sendable {
    var responders: [Responder] = []
    let tally = Tally()
}

@Suite struct ResponderTests {
    private func server(_ kept: Kept, _ configuration: Configuration = Configuration()) throws -> TestServer {
        try TestServer(configuration) { request in
            kept.responders.append(request.responder)
            kept.tally.add()
            return nil
        }
    }

    private func wait(for count: Int, _ kept: Kept) {
        for _ in 0..<1000 where kept.tally.count < count { usleep(2000) }
    }

    /// Answers all that are kept, on their loop, with their index as the body.
    private func answerAll(_ kept: Kept, on server: TestServer, times: Int = 1) {
        server.loop.execute {
            for (index, responder) in kept.responders.enumerated() {
                for _ in 0..<times { responder.send(Response(.ok, body: .text("\(index)"))) }
            }
            kept.responders = []
        }
    }

    @Test func aLateAnswerArrives() throws {
        let kept = Kept()
        let server = try server(kept)
        let client = try Client(port: server.port)
        client.send(request)
        wait(for: 1, kept)
        answerAll(kept, on: server)
        #expect(client.receive(silence: 1).hasSuffix("\r\n\r\n0"))
    }

    @Test func aSecondAnswerToTheSameRequestIsIgnored() throws {
        let kept = Kept()
        let server = try server(kept)
        let client = try Client(port: server.port)
        client.send(request)
        wait(for: 1, kept)
        answerAll(kept, on: server, times: 3)
        let answer = client.receive(silence: 0.3)
        #expect(answer.components(separatedBy: "HTTP/1.1 200").count == 2, "\(answer)")
    }

    @Test func aClientThatHalfClosedStillGetsItsAnswer() throws {
        let kept = Kept()
        let server = try server(kept)
        let client = try Client(port: server.port)
        client.send(request)
        client.finish()
        wait(for: 1, kept)
        usleep(50_000)
        answerAll(kept, on: server)
        #expect(client.receive(silence: 1).hasSuffix("\r\n\r\n0"))
    }

    @Test func anAnswerToAClientThatIsGoneHurtsNobody() throws {
        let kept = Kept()
        let server = try server(kept)
        for _ in 0..<20 {
            let client = try Client(port: server.port)
            client.send(request)
        }
        wait(for: 20, kept)
        answerAll(kept, on: server)
        for _ in 0..<500 where server.server.openConnections > 0 { usleep(2000) }
        #expect(server.server.openConnections == 0, "\(server.server.openConnections) connections are left")
    }

    @Test func whileOneWaitsTheNextOfItsConnectionIsNotHandled() throws {
        let kept = Kept()
        let server = try server(kept)
        let client = try Client(port: server.port)
        client.send(request + request)
        wait(for: 1, kept)
        usleep(50_000)
        #expect(kept.tally.count == 1, "\(kept.tally.count) requests were handled")
        answerAll(kept, on: server)
        wait(for: 2, kept)
        #expect(kept.tally.count == 2, "\(kept.tally.count) requests were handled")
    }
}
