import Foundation
import Testing

@testable import HTTPServer

private let request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

@Suite struct HTTPServerTests {
    @Test func aDrainingServerClosesAfterEachAnswer() throws {
        let server = try TestServer { _ in Response(.ok) }
        server.server.beginDraining()
        let answer = try server.exchange(request + request, silence: 1)
        #expect(answer.components(separatedBy: "HTTP/1.1 200").count == 2, "\(answer)")
        #expect(answer.contains("\r\nConnection: close\r\n"))
    }

    @Test func aServerThatStoppedAcceptingClosesIdleConnectionsAndRefusesNewOnes() throws {
        let server = try TestServer { _ in Response(.ok) }
        let client = try Client(port: server.port)
        client.send(request)
        #expect(client.receive(silence: 0.3).contains("200"))
        server.server.stopAccepting()
        server.wait { server.server.isDrained }
        #expect(server.server.isDrained, "\(server.server.openConnections) connections are left")
        #expect(throws: (any Error).self) { try Client(port: server.port) }
    }

    /// Its loop may be in the middle of a long turn when the server is told to stop.
    @Test func aServerIsNotDrainedBeforeItHasTakenInWhoWaitedToBeAccepted() throws {
        let server = try TestServer { _ in Response(.ok) }
        let (isHeld, release) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        server.loop.execute {
            isHeld.signal()
            release.wait()
        }
        isHeld.wait()
        let client = try Client(port: server.port)
        client.send(request)
        server.server.beginDraining()
        server.server.stopAccepting()
        #expect(!server.server.isDrained)
        release.signal()
        server.wait { server.server.isDrained }
        #expect(server.server.isDrained)
        #expect(client.receive(silence: 1).hasPrefix("HTTP/1.1 200 OK\r\n"))
    }

    @Test func aRequestThatDripsIsAnswered408AndCut() throws {
        var configuration = Configuration()
        configuration.requestTimeout = 0.3
        let server = try TestServer(configuration) { _ in Response(.ok) }
        let client = try Client(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost:")
        #expect(client.receive(silence: 3).hasPrefix("HTTP/1.1 408 "))
        #expect(server.statistics.cutByDeadline.count == 1)
    }

    @Test func overTheLimitNewConnectionsWaitUntilAPlaceIsFree() throws {
        var configuration = Configuration()
        configuration.maxConnections = 2
        let server = try TestServer(configuration) { _ in Response(.ok) }
        var first: Client? = try Client(port: server.port)
        let second = try Client(port: server.port)
        for client in [first!, second] {
            client.send(request)
            #expect(client.receive(silence: 0.3).contains("200"))
        }
        let third = try Client(port: server.port)
        third.send(request)
        #expect(third.receive(silence: 0.5) == "", "served beyond the limit")
        #expect(server.statistics.pausedByLimit.count == 1)
        first = nil
        #expect(third.receive(silence: 3).contains("200"), "not served when a place was free")
    }

    @Test func whatWaitsForItsAnswerIsAnsweredByAServerThatStops() throws {
        let kept = KeptAnswer()
        let server = try TestServer { request in
            kept.responder = request.responder
            kept.tally.add()
            return nil
        }
        let client = try Client(port: server.port)
        client.send(request)
        server.wait { kept.tally.count == 1 }
        server.server.beginDraining()
        server.server.stopAccepting()
        usleep(300_000)
        server.loop.execute { kept.responder?.send(Response(.ok)) }
        let answer = client.receive(silence: 3)
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"), "\(answer)")
        #expect(answer.contains("\r\nConnection: close\r\n"))
        server.wait { server.server.openConnections == 0 }
        #expect(server.server.openConnections == 0)
    }

    /// Their bytes and the end may be one piece of news to the server.
    @Test(arguments: [1, 2, 40, 400])
    func allThatWasAskedBeforeTheClientsEndIsAnswered(count: Int) throws {
        let server = try TestServer { _ in Response(.ok) }
        let clients = try (0..<40).map { _ in try Client(port: server.port) }
        for client in clients {
            client.send(String(repeating: request, count: count) + "GET / HT")
            client.finish()
        }
        for client in clients {
            let answers = client.receive(silence: 3)
            #expect(answers.components(separatedBy: "HTTP/1.1 200").count == count + 1)
        }
        server.wait { server.server.openConnections == 0 }
        #expect(server.server.openConnections == 0, "the unfinished request kept its connection open")
    }

    @Test func anAnswerAfterTheServersEndIsNobodys() throws {
        let kept = KeptAnswer()
        var server: TestServer? = try TestServer { request in
            kept.responder = request.responder
            kept.tally.add()
            return nil
        }
        let client = try Client(port: server!.port)
        client.send(request)
        server!.wait { kept.tally.count == 1 }
        server = nil
        #expect(client.sawEnd(within: 3))
        kept.responder?.send(Response(.ok))
        #expect(kept.responder?.isStreaming == false)
    }

    @Test func closeAllEndsWhateverIsLeft() throws {
        let server = try TestServer { _ in nil }
        let clients = try (0..<5).map { _ in try Client(port: server.port) }
        for client in clients { client.send(request) }
        server.wait { server.server.openConnections == 5 }
        server.server.closeAll()
        for client in clients { #expect(client.sawEnd(within: 3)) }
        #expect(server.server.openConnections == 0)
        #expect(server.statistics.cutByShutdown.count == 5)
        #expect(server.statistics.accepted.count == 5)
        #expect(server.statistics.closed.count == 5)
    }

    @Test func anIdleConnectionIsClosedAndAnAnsweringOneIsNot() throws {
        var configuration = Configuration()
        configuration.idleTimeout = 0.3
        let server = try TestServer(configuration) { $0.path == "/" ? Response(.ok) : nil }
        let (idle, waiting) = (try Client(port: server.port), try Client(port: server.port))
        idle.send(request)
        waiting.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(idle.sawEnd(within: 3))
        #expect(!waiting.sawEnd(within: 0.5))
        #expect(server.statistics.cutIdle.count == 1)
    }

    @Test func aReaderThatIsTooSlowIsCut() throws {
        var configuration = Configuration()
        configuration.idleTimeout = 0.3
        let body = [UInt8](repeating: 0x78, count: 20_000_000)
        let server = try TestServer(configuration) { _ in Response(.ok, body: .bytes(body)) }
        let client = try Client(port: server.port)
        client.send(request)
        server.wait { server.statistics.cutSlowReader.count == 1 }
        #expect(server.statistics.cutSlowReader.count == 1)
        server.wait { server.server.openConnections == 0 }
        #expect(server.server.openConnections == 0)
    }

    @Test func aLargeAnswerArrivesWholeAndTheNextBehindIt() throws {
        let body = [UInt8](repeating: 0x78, count: 5_000_000)
        let server = try TestServer { _ in Response(.ok, body: .bytes(body)) }
        let answer = try server.exchange(request + request, silence: 1)
        #expect(answer.utf8.count > 10_000_000, "\(answer.utf8.count) bytes")
        #expect(answer.components(separatedBy: "HTTP/1.1 200").count == 3)
    }

    @Test func pipelinedRequestsAreAnsweredInTheirOrder() throws {
        let server = try TestServer { Response(.ok, body: .text("<\($0.path)>")) }
        let paths = (0..<200).map { "/\($0)" }
        let answer = try server.exchange(paths.map { "GET \($0) HTTP/1.1\r\nHost: h\r\n\r\n" }.joined())
        let answered = answer.split(separator: "<").dropFirst().map { String($0.prefix { $0 != ">" }) }
        #expect(answered == paths)
    }

    @Test func whoGoesOnSendingAfterARefusalStillReadsIt() throws {
        let server = try TestServer { _ in Response(.ok) }
        let client = try Client(port: server.port)
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3000000\r\n\r\n")
        for _ in 0..<30 { client.send(String(repeating: "x", count: 100_000)) }
        let answer = client.receive(silence: 3)
        #expect(answer.hasPrefix("HTTP/1.1 413 "), "\(answer)")
        #expect(answer.contains("application/problem+json"))
        #expect(server.statistics.cutMalformed.count == 1)
    }

    @Test func whoNeverClosesAfterARefusalIsClosedInTheEnd() throws {
        let server = try TestServer { _ in Response(.ok) }
        let client = try Client(port: server.port)
        client.send("nonsense\r\n\r\n")
        #expect(client.receive(silence: 1).hasPrefix("HTTP/1.1 400 "))
        server.wait { server.server.openConnections == 0 }
        #expect(server.server.openConnections == 0, "it lingers")
    }
}

/// A responder that is kept for later; touched on its loop only, but for the count.
private final class KeptAnswer: @unchecked Sendable {
    var responder: Responder?
    let tally = Tally()
}
