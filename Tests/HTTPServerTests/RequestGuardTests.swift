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
}
