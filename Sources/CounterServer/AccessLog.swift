import CLinux
import Glibc
import HTTPServer
import Logging
import Synchronization

/// One line a request, the fields named as OpenTelemetry names them.
///
/// The lines go into a pipe, and a thread of its own copies them to standard error: no loop ever waits for whoever
/// reads the log. What the pipe has no room for is dropped, and the log says how much that was.
final class AccessLog: Sendable {
    /// Lines up to this length (PIPE_BUF, pipe(7)) are written whole or not at all, and don't mix.
    private static let lineLimit = 4096
    /// Of a path or a client's name, in characters: even quoted, a line stays within its limit.
    private static let textLimit = 500

    private let format: LogFormat
    private let readEnd: Int32
    private let writeEnd: Int32
    private let dropped = Atomic<Int>(0)

    /// - Throws: ``SystemError`` when the system has no descriptor left for it.
    init(_ format: LogFormat) throws(SystemError) {
        self.format = format
        var ends: [Int32] = [-1, -1]
        guard pipe2(&ends, O_CLOEXEC) == 0 else { throw SystemError("pipe2") }
        readEnd = ends[0]
        writeEnd = ends[1]
        _ = fcntl(writeEnd, F_SETFL, O_NONBLOCK)
        // A megabyte is what a process without privileges may ask for; where even that is refused, 64 KiB remain.
        _ = fcntl(writeEnd, CLINUX_F_SETPIPE_SZ, 1 << 20)
    }

    /// Any loop.
    func write(_ exchange: Exchange) {
        var line = LogLine(level: .info, message: "request", fields: Self.fields(exchange)).text(format)
        let isWritten = line.withUTF8 {
            $0.count <= Self.lineLimit && Glibc.write(writeEnd, $0.baseAddress, $0.count) == $0.count
        }
        if !isWritten { dropped.add(1, ordering: .relaxed) }
    }

    private static func fields(_ exchange: Exchange) -> Logger.Metadata {
        var fields: Logger.Metadata = [
            "http.request.method": "\(exchange.method.rawValue)",
            "http.response.status_code": .stringConvertible(exchange.status.rawValue),
            "http.server.request.duration": .stringConvertible(Double(exchange.nanoseconds) / 1e9),
        ]
        if let path = exchange.path { fields["url.path"] = "\(path.prefix(textLimit))" }
        if let agent = exchange.header("User-Agent") {
            fields["user_agent.original"] = "\(agent.prefix(textLimit))"
        }
        if let peer = exchange.peer {
            fields["network.peer.address"] = "\(peer.host)"
            fields["network.peer.port"] = .stringConvertible(peer.port)
        }
        return fields
    }

    /// Copies lines to standard error until ``close()``. Blocks: the program gives it a thread of its own.
    func run() {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
        defer { buffer.deallocate() }
        var kept = 0
        while true {
            let count = read(readEnd, buffer.baseAddress! + kept, buffer.count - kept)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            let filled = UnsafeRawBufferPointer(rebasing: buffer[..<(kept + count)])
            let copied = copyLines(filled)
            kept = filled.count - copied
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: filled[copied...]))
            reportDropped()
        }
    }

    /// Copies whole lines, as many at once as are sure not to mix with those of the other threads.
    /// - Returns: how many bytes that were.
    private func copyLines(_ bytes: UnsafeRawBufferPointer) -> Int {
        var begin = 0
        var end = 0
        for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") {
            if index + 1 - begin > Self.lineLimit {
                copy(UnsafeRawBufferPointer(rebasing: bytes[begin..<end]))
                begin = end
            }
            end = index + 1
        }
        copy(UnsafeRawBufferPointer(rebasing: bytes[begin..<end]))
        return end
    }

    private func copy(_ bytes: UnsafeRawBufferPointer) {
        while Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count) < 0, errno == EINTR {}
    }

    private func reportDropped() {
        let count = dropped.exchange(0, ordering: .relaxed)
        guard count > 0 else { return }
        let fields: Logger.Metadata = ["lines": .stringConvertible(count)]
        LogLine(level: .warning, message: "access log dropped", fields: fields).write(format)
    }

    /// Lets ``run()`` return when it has copied what is left. Once, when no loop writes any more.
    func close() { Glibc.close(writeEnd) }
}
