import Testing

@testable import HTTPServer

@Suite struct ListenerTests {
    @Test func portZeroPicksAPortThatAllListenersShare() throws {
        let listeners = try Listener.bind(host: "127.0.0.1", port: 0, count: 3)
        #expect(listeners[0].port > 0)
        #expect(Set(listeners.map(\.port)).count == 1)
    }

    @Test func aPortInUseIsRefusedThoughItsOwnerShares() throws {
        let port = try Listener.bind(host: "127.0.0.1", port: 0, count: 2)[0].port
        #expect {
            try Listener.bind(host: "127.0.0.1", port: port, count: 1)
        } throws: {
            "\($0)".contains("127.0.0.1:\(port)") && "\($0)".contains("in use")
        }
    }

    @Test func anUnknownHostIsNamed() {
        #expect {
            try Listener.bind(host: "no.such.host.invalid", port: 0, count: 1)
        } throws: {
            "\($0)".contains("no.such.host.invalid")
        }
    }

    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("0.0.0.0", "0.0.0.0"), ("::", "::"), ("", "::"),
    ])
    func aHostIsBoundAsItsAddress(host: String, address: String) throws {
        #expect(try Listener.bind(host: host, port: 0, count: 1)[0].address == address)
    }

    @Test(arguments: ["", "::", "0.0.0.0", "127.0.0.1"])
    func allAddressesTakeInIPv4(host: String) throws {
        let server = try TestServer(host: host) { _ in Response(.ok) }
        #expect(try server.statuses("GET / HTTP/1.1\r\nHost: h\r\n\r\n") == [200])
    }

    @Test func anAddressOfAnotherMachineIsNamed() {
        #expect {
            try Listener.bind(host: "192.0.2.1", port: 0, count: 1)
        } throws: {
            "\($0)".contains("192.0.2.1")
        }
    }
}
