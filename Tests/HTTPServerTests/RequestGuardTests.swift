import Testing

@testable import HTTPServer

@Suite struct RequestGuardTests {
    private static let host = "Host: h\r\n"

    @Test(arguments: [
        "GET / HTTP/1.1\r\n\(host)\r\n",
        "GET /?q=1 HTTP/1.1\r\n\(host)\r\n",
        "GET http://h/ HTTP/1.1\r\n\(host)\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.1\r\nhOST: h\r\n\r\n",
        "POST / HTTP/1.1\r\n\(host)Content-Length: 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\n\(host)Transfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "HEAD / HTTP/1.1\r\n\(host)Content-Length: 0\r\n\r\n",
        "PROPFIND / HTTP/1.1\r\n\(host)\r\n",
        "get / HTTP/1.1\r\n\(host)\r\n",
        "GET / HTTP/1.2\r\n\(host)\r\n",
        "GET / HTTP/1.0\r\n\(host)\r\n",
        "GET /%20%00 HTTP/1.1\r\n\(host)\r\n",
        "GET / HTTP/1.1\r\n\(host)Content-Length: 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\n\(host)Content-Length: 003\r\n\r\nabc",
        "POST / HTTP/1.1\r\n\(host)Content-Length: 0\r\n\r\n",
        "POST / HTTP/1.1\r\n\(host)\r\n",
        "PUT / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "PATCH / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nT: v\r\n\r\n",
        "DELETE / HTTP/1.1\r\n\(host)Content-Length: 1\r\n\r\na",
        "OPTIONS * HTTP/1.1\r\n\(host)\r\n",
        "GET / HTTP/1.1\r\n\(host)A!#$%&'*+-.^_`|~9: v\r\n\r\n",
    ])
    func aGoodRequestIsHandledOnce(bytes: String) throws {
        let server = try TestServer { _ in Response(.ok) }
        #expect(try server.statuses(bytes) == [200])
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\n\(host)\(host)\r\n",
        "GET / HTTP/1.0\r\n\(host)\(host)\r\n",
        "GET /a b HTTP/1.1\r\n\(host)\r\n",
        "GET / HTTP/1.1\r\n\(host): v\r\n\r\n",
        "GET / HTTP/1.1\r\n\(host)A b: v\r\n\r\n",
        "POST / HTTP/1.1\r\n\(host)Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "POST / HTTP/1.1\r\n\(host)Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\n\(host)Content-Length : 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\n\(host)Content-Length: +3\r\n\r\nabc",
        "POST / HTTP/1.1\r\n\(host)Content-Length: \r\n\r\n",
        "POST / HTTP/1.1\r\n\(host)Transfer-Encoding: gzip\r\n\r\n",
        "POST / HTTP/1.1\r\n\(host)Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HEAD / HTTP/1.1\r\n\(host)Content-Length: 3\r\n\r\nabc",
        "HEAD / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\n\(host)Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\n\(host)Content-Length: 3, 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\n\(host)Content-Length: -3\r\n\r\nabc",
        "POST / HTTP/1.1\r\n\(host)Content-Length: 3x\r\n\r\nabc",
        "POST / HTTP/1.1\r\n\(host)Content-Length: 0x3\r\n\r\nabc",
        "POST / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\n\(host)Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "GET /\ta HTTP/1.1\r\n\(host)\r\n",
        "GET /a\u{7f} HTTP/1.1\r\n\(host)\r\n",
        "GET / HTTP/1.1\r\n\(host)A(b): v\r\n\r\n",
        "GET / HTTP/1.1\r\n\(host)é: v\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\(host)\r\n",
        "\r\nGET / HTTP/1.1\r\n\(host)\r\n",
        "GET /\r\n\(host)\r\n",
        "GET / HTTP/x.y\r\n\(host)\r\n",
    ])
    func aBadRequestIsRefusedAndNothingBehindItIsHandled(bytes: String) throws {
        let handled = Tally()
        let server = try TestServer { _ in
            handled.add()
            return Response(.ok)
        }
        #expect(try server.statuses(bytes + "GET /next HTTP/1.1\r\n\(Self.host)\r\n") == [400])
        #expect(handled.count == 0, "handled \(handled.count) requests")
    }

    @Test(arguments: [
        ("Connection: close", false), ("Connection: Close", false), ("Connection: keep-alive, close", false),
        ("Connection: keep-alive\r\nConnection: close", false), ("Connection: closed", true), ("A: b", true),
    ])
    func anyCloseOptionClosesTheConnection(field: String, stays: Bool) throws {
        let server = try TestServer { _ in Response(.ok) }
        let request = "GET / HTTP/1.1\r\n\(Self.host)\(field)\r\n\r\n"
        #expect(try server.statuses(request + request) == (stays ? [200, 200] : [200]))
    }

    @Test func anotherMajorVersionIsRefused() throws {
        let server = try TestServer { _ in Response(.ok) }
        #expect(try server.statuses("GET / HTTP/2.0\r\n\(Self.host)\r\n") == [400])
    }

    @Test func aLengthThatNoNumberHoldsIsTooLarge() throws {
        let server = try TestServer { _ in Response(.ok) }
        let field = "Content-Length: 99999999999999999999\r\n"
        #expect(try server.statuses("POST / HTTP/1.1\r\n\(Self.host)\(field)\r\nabc") == [413])
    }

    @Test(arguments: [(65_536, 200), (65_537, 413)])
    func aBodyMayHaveUpToItsLimit(bytes: Int, status: Int) throws {
        let server = try TestServer { _ in Response(.ok) }
        let body = String(repeating: "x", count: bytes)
        #expect(
            try server.statuses("POST / HTTP/1.1\r\n\(Self.host)Content-Length: \(bytes)\r\n\r\n\(body)") == [
                status
            ])
        let chunk = "\(String(bytes, radix: 16))\r\n\(body)\r\n0\r\n\r\n"
        #expect(
            try server.statuses("POST / HTTP/1.1\r\n\(Self.host)Transfer-Encoding: chunked\r\n\r\n\(chunk)")
                == [status])
    }

    @Test(arguments: [(8_000, 200), (16_000, 200), (17_000, 400), (100_000, 400)])
    func theHeadersMayHaveUpToTheirLimit(bytes: Int, status: Int) throws {
        let server = try TestServer { _ in Response(.ok) }
        let field = "A: \(String(repeating: "x", count: bytes))\r\n"
        #expect(try server.statuses("GET / HTTP/1.1\r\n\(Self.host)\(field)\r\n") == [status])
    }

    @Test func aClientThatExpects100IsToldToContinue() throws {
        let server = try TestServer { _ in Response(.ok) }
        let client = try Client(port: server.port)
        client.send("POST / HTTP/1.1\r\n\(Self.host)Content-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        #expect(client.receive(silence: 0.3) == "HTTP/1.1 100 Continue\r\n\r\n")
        client.send("abc")
        #expect(client.receive(silence: 0.3).hasPrefix("HTTP/1.1 200 "))
    }
}
