import Testing

@testable import HTTPServer

@Suite struct ProbeTests {
    @Test(arguments: [Status.ok, .serviceUnavailable, .notFound])
    func theStatusOfAnAnswerIsTold(status: Status) throws {
        let server = try TestServer { $0.path == "/p" ? Response(status) : nil }
        #expect(
            try Probe.status(host: "127.0.0.1", port: server.port, path: "/p", timeout: 5) == status.rawValue)
    }

    @Test func whereNobodyListensItIsAnError() throws {
        let port = try Listener.bind(host: "127.0.0.1", port: 0, count: 0)
        #expect(port.isEmpty)
        #expect(throws: SystemError.self) {
            try Probe.status(host: "127.0.0.1", port: 1, path: "/", timeout: 1)
        }
    }

    @Test func whoDoesNotAnswerInTimeIsAnError() throws {
        let server = try TestServer { _ in nil }
        #expect(throws: SystemError.self) {
            try Probe.status(host: "127.0.0.1", port: server.port, path: "/", timeout: 1)
        }
    }

    @Test func aHostThatIsNoneIsNamed() {
        #expect {
            try Probe.status(host: "no.such.host.invalid", port: 1, path: "/", timeout: 1)
        } throws: {
            "\($0)".contains("no.such.host.invalid")
        }
    }
}
