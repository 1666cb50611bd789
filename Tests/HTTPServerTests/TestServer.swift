import CLibevent
import Dispatch
import Foundation
import Glibc

@testable import HTTPServer

/// A real server on a loop of its own, with a handler given as a closure, and a client that speaks raw bytes.
final class TestServer {
    let server: HTTPServer
    let loop: EventLoop
    let port: Int
    let statistics = ConnectionStatistics()
    private let thread: LoopThread

    /// - Parameters:
    ///   - answered: is told of each answer, on the loop.
    ///   - answer: the handler.
    init(
        _ configuration: Configuration = Configuration(), host: String = "127.0.0.1",
        answered: @escaping (Exchange) -> Void = { _ in },
        _ answer: @escaping (Request) -> Response?
    ) throws {
        let loop = try EventLoop()
        let listener = try Listener.bind(host: host, port: 0, count: 1)[0]
        server = HTTPServer(configuration)
        server.serve(listener, on: loop, with: ClosureHandler(answer, answered), statistics: statistics)
        port = listener.port
        self.loop = loop
        thread = LoopThread(loop)
    }

    deinit { thread.end() }

    /// Waits until `isTrue`, for at most ten seconds.
    func wait(for isTrue: () -> Bool) {
        for _ in 0..<5000 where !isTrue() { usleep(2000) }
    }

    /// Sends `bytes` on a connection of its own and returns all that comes until the server closes it or is silent.
    func exchange(_ bytes: String, silence: Double = 0.3) throws -> String {
        let client = try Client(port: port)
        client.send(bytes)
        return client.receive(silence: silence)
    }

    /// The status codes of the answers to `bytes`, in order.
    func statuses(_ bytes: String) throws -> [Int] {
        try exchange(bytes).components(separatedBy: "HTTP/1.1 ").dropFirst().compactMap { Int($0.prefix(3)) }
    }
}

private final class ClosureHandler: Handler {
    private let answer: (Request) -> Response?
    private let answered: (Exchange) -> Void

    init(_ answer: @escaping (Request) -> Response?, _ answered: @escaping (Exchange) -> Void) {
        self.answer = answer
        self.answered = answered
    }

    func respond(to request: Request) -> Response? { answer(request) }
    func answered(_ exchange: Exchange) { answered(exchange) }
}

/// Runs a loop until ``end()``.
final class LoopThread {
    private let loop: EventLoop
    private let ended = DispatchSemaphore(value: 0)

    init(_ loop: EventLoop) {
        self.loop = loop
        let ended = ended
        Foundation.Thread.detachNewThread {
            loop.run()
            ended.signal()
        }
    }

    func end() {
        loop.stop()
        ended.wait()
    }
}

/// A blocking TCP client.
final class Client {
    private let descriptor: Int32
    private var hasEnded = false

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw POSIXError(.ECONNREFUSED) }
    }

    deinit { close(descriptor) }

    /// Whether the other side has ended the connection within `seconds`.
    func sawEnd(within seconds: Double) -> Bool {
        _ = receive(silence: seconds)
        return hasEnded
    }

    func send(_ bytes: String) { _ = Glibc.send(descriptor, bytes, bytes.utf8.count, Int32(MSG_NOSIGNAL)) }

    /// Closes this side only.
    func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    func receive(silence: Double) -> String {
        var limit = timeval(
            tv_sec: Int(silence), tv_usec: Int(silence.truncatingRemainder(dividingBy: 1) * 1e6))
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var received: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            hasEnded = count == 0 || count < 0 && errno == ECONNRESET
            guard count > 0 else { break }
            received += chunk[..<count]
        }
        return String(decoding: received, as: UTF8.self)
    }
}
