import Synchronization
import Testing

@testable import HTTPServer

@Suite struct RequestTests {
    @Test(arguments: [
        ("/", "/"), ("/a/b?q=1#x", "/a/b"), ("/a%20b", "/a%20b"), ("/?", "/"), ("http://h", "/"),
        ("http://h/x?y", "/x"),
        ("//", ""), ("*", "*"),
    ])
    func aPathIsTheTargetWithoutItsQuery(target: String, path: String) throws {
        let server = try TestServer { Response(.ok, body: .text("<\($0.path)>")) }
        let answer = try server.exchange("GET \(target) HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(answer.hasSuffix("\r\n\r\n<\(path)>"), "\(answer)")
    }

    @Test(arguments: [
        "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH",
    ])
    func aMethodIsKnownByItsName(name: String) throws {
        let seen = Mutex<Method?>(nil)
        let server = try TestServer { request in
            seen.withLock { $0 = request.method }
            return Response(.ok)
        }
        #expect(
            try server.statuses("\(name) \(name == "CONNECT" ? "h:1" : "/") HTTP/1.1\r\nHost: h\r\n\r\n") == [
                200
            ])
        #expect(seen.withLock { $0?.rawValue } == name)
    }

    @Test(arguments: ["PROPFIND", "get", "BREW"])
    func anyOtherMethodIsOther(name: String) throws {
        let server = try TestServer { Response(.ok, body: .text($0.method.rawValue)) }
        #expect(try server.exchange("\(name) / HTTP/1.1\r\nHost: h\r\n\r\n").hasSuffix("\r\n\r\n_OTHER"))
    }

    @Test func aHeaderIsFoundWhateverItsCase() throws {
        let server = try TestServer {
            Response(.ok, body: .text("\($0.header("x-a") ?? "none"), \($0.header("X-B") ?? "none")"))
        }
        let answer = try server.exchange("GET / HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nx-a: 2\r\n\r\n")
        #expect(answer.hasSuffix("\r\n\r\n1, none"), "\(answer)")
    }
}
