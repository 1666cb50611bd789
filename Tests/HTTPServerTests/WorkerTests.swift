import Dispatch
import Foundation
import Testing

@testable import HTTPServer

@Suite struct WorkerTests {
    /// A server whose loop is kept busy by one long piece of work, within which only urgent work can be done.
    private final class BusyServer {
        let server: TestServer
        let served: Tally
        private let busy = DispatchSemaphore(value: 0)
        private let enough = DispatchSemaphore(value: 0)

        init() throws {
            let served = Tally()
            self.served = served
            server = try TestServer { request in
                served.add()
                return Response(.ok, isProbe: request.path == "/probe")
            }
        }

        func client(asking path: String) throws -> Client {
            let client = try Client(port: server.port)
            client.send(Self.request(path))
            #expect(client.receive(silence: 0.3).hasPrefix("HTTP/1.1 200 OK\r\n"))
            return client
        }

        static func request(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n" }

        /// Lets `clients` ask while the loop is busy.
        /// - Returns: how many of their requests were served before it was free again.
        func servedMeanwhile(_ clients: [Client], expected: Int) -> Int {
            let (loop, served, busy, enough) = (server.loop, served, busy, enough)
            let before = served.count
            loop.execute {
                busy.signal()
                enough.wait()
                // Twice as long where none is expected as bytes take on a slow machine.
                for _ in 0..<(expected > 0 ? 5000 : 100) where served.count - before < max(expected, 1) {
                    for _ in 0..<64 { loop.breathe() }
                    usleep(1000)
                }
                busy.signal()
                enough.wait()
            }
            busy.wait()
            for client in clients { client.send(Self.request("/probe")) }
            enough.signal()
            busy.wait()
            defer { enough.signal() }
            return served.count - before
        }
    }

    @Test func aProbeIsServedInTheMiddleOfALongTurn() throws {
        let busy = try BusyServer()
        let prober = try busy.client(asking: "/probe")
        for _ in 0..<3 {
            #expect(busy.servedMeanwhile([prober], expected: 1) == 1)
            #expect(prober.receive(silence: 0.3).hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test func aNewConnectionMayBeAProbes() throws {
        let busy = try BusyServer()
        let client = try Client(port: busy.server.port)
        busy.server.wait { busy.server.server.openConnections == 1 }
        #expect(busy.servedMeanwhile([client], expected: 1) == 1)
    }

    @Test func whoAsksForSomethingElseWaitsForItsTurn() throws {
        let busy = try BusyServer()
        let client = try busy.client(asking: "/load")
        #expect(busy.servedMeanwhile([client], expected: 0) == 0)
        #expect(client.receive(silence: 0.3).hasPrefix("HTTP/1.1 200 OK\r\n"))
    }

    @Test func onlyTheLatestFewAreServedFirst() throws {
        let busy = try BusyServer()
        let probers = try (0..<6).map { _ in try busy.client(asking: "/probe") }
        #expect(busy.servedMeanwhile(probers, expected: 4) == 4)
        for prober in probers { #expect(prober.receive(silence: 0.3).hasPrefix("HTTP/1.1 200 OK\r\n")) }
    }

    @Test func aProberThatLeavesIsForgotten() throws {
        let busy = try BusyServer()
        var probers = try (0..<4).map { _ in try busy.client(asking: "/probe") }
        let ordinary = try busy.client(asking: "/load")
        probers.removeFirst(3)
        busy.server.wait { busy.server.server.openConnections == 2 }
        #expect(busy.servedMeanwhile(probers + [ordinary], expected: 1) == 1)
    }
}
