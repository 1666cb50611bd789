import Foundation
import Testing

@testable import HTTPServer

/// A responder that is kept beyond its request; touched on its loop only.
private final class KeptResponder: @unchecked Sendable {
    var responder: Responder?
}

@Suite struct StreamTests {
    private func server(_ kept: KeptResponder, _ tally: Tally) throws -> TestServer {
        try TestServer { request in
            kept.responder = request.responder
            tally.add()
            return Response(.ok, body: .stream(Array("first\n".utf8)))
        }
    }

    private func request(_ method: String = "GET", _ version: String = "1.1") -> String {
        "\(method) / HTTP/\(version)\r\nHost: h\r\n\r\n"
    }

    @Test func aStreamGoesOnUntilTheServerStops() throws {
        let (kept, tally) = (KeptResponder(), Tally())
        let server = try server(kept, tally)
        let client = try Client(port: server.port)
        client.send(request())
        #expect(client.receive(silence: 0.3).hasSuffix("\r\n\r\n6\r\nfirst\n\r\n"))
        server.loop.execute { for text in ["a", "", "bc"] { kept.responder!.write(Array(text.utf8)) } }
        #expect(client.receive(silence: 0.3) == "1\r\na\r\n2\r\nbc\r\n")
        server.server.stopAccepting()
        #expect(client.receive(silence: 3) == "0\r\n\r\n", "an orderly end")
    }

    @Test func toHTTP10AStreamIsWhatComesUntilTheEnd() throws {
        let (kept, tally) = (KeptResponder(), Tally())
        let server = try server(kept, tally)
        let client = try Client(port: server.port)
        client.send(request("GET", "1.0"))
        #expect(client.receive(silence: 0.3).hasSuffix("\r\n\r\nfirst\n"))
        server.loop.execute { kept.responder!.write(Array("a".utf8)) }
        #expect(client.receive(silence: 0.3) == "a")
    }

    @Test func aHeadOfAStreamHasNoneAndTheConnectionGoesOn() throws {
        let (kept, tally) = (KeptResponder(), Tally())
        let server = try server(kept, tally)
        let answer = try server.exchange(request("HEAD") + request("HEAD"))
        #expect(answer.components(separatedBy: "HTTP/1.1 200").count == 3, "\(answer)")
        #expect(!answer.contains("first"))
    }

    @Test func aClientThatIsGoneEndsItsStream() throws {
        let (kept, tally) = (KeptResponder(), Tally())
        let server = try server(kept, tally)
        var client: Client? = try Client(port: server.port)
        client?.send(request())
        server.wait { tally.count == 1 }
        client = nil
        server.wait { server.server.openConnections == 0 }
        #expect(server.server.openConnections == 0, "\(server.server.openConnections) are open")
        let streaming = Tally()
        let asked = Tally()
        server.loop.execute {
            kept.responder!.write(Array("nobody hears it".utf8))
            if kept.responder!.isStreaming { streaming.add() }
            kept.responder = nil
            asked.add()
        }
        server.wait { asked.count == 1 }
        #expect(streaming.count == 0)
    }

    @Test func aClientThatStopsReadingIsCutAndNothingIsKeptForIt() throws {
        let (kept, tally) = (KeptResponder(), Tally())
        let server = try server(kept, tally)
        let client = try Client(port: server.port)
        client.send(request())
        server.wait { tally.count == 1 }
        let piece = [UInt8](repeating: 0x78, count: 50_000)
        for _ in 0..<400 where server.server.openConnections > 0 {
            server.loop.execute { kept.responder?.write(piece) }
            usleep(2000)
        }
        server.wait { server.server.openConnections == 0 }
        #expect(server.server.openConnections == 0, "\(server.server.openConnections) are open")
        #expect(server.statistics.cutSlowReader.count == 1)
    }
}
