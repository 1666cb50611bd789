import Glibc
import HTTPServer
import Logging

/// How log lines are written.
enum LogFormat: String, CaseIterable, Sendable {
    case json, text

    /// For people where a person looks on, else for machines.
    static var preferred: LogFormat { isatty(STDERR_FILENO) == 1 ? .text : .json }
}

/// One event a line on standard error: time, level, message, then the fields.
struct LineLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var format: LogFormat

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { _, new in new }
        LogLine(level: event.level, message: event.message.description, fields: fields).write(format)
    }
}

/// An event as a line: time, level, message, then the fields in the order of their names.
struct LogLine {
    var level: Logger.Level
    var message: String
    var fields: Logger.Metadata

    /// In one write(2), so that the lines of several threads don't mix.
    func write(_ format: LogFormat) {
        var line = text(format)
        line.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    func text(_ format: LogFormat) -> String {
        let sorted = fields.sorted { $0.key < $1.key }
        let time = Timestamp.now
        switch format {
        case .json:
            let head = "{\"time\":\"\(time)\",\"level\":\"\(level)\",\"message\":\(JSON.quoted(message))"
            return head + sorted.map { ",\(JSON.quoted($0.key)):\($0.value.json)" }.joined() + "}\n"
        case .text:
            let head = "\(time) \("\(level)".uppercased()) \(message)"
            return head + sorted.map { " \($0.key)=\($0.value)" }.joined() + "\n"
        }
    }
}

extension Logger.MetadataValue {
    /// Numbers and truth values are written as such.
    fileprivate var json: String {
        switch self {
        case .string(let text): JSON.quoted(text)
        case .stringConvertible(let value as Int): String(value)
        case .stringConvertible(let value as Int64): String(value)
        case .stringConvertible(let value as Double): "\(value)"
        case .stringConvertible(let value as Bool): String(value)
        case .stringConvertible(let value): JSON.quoted(value.description)
        case .array(let values): "[" + values.map(\.json).joined(separator: ",") + "]"
        case .dictionary(let values):
            "{"
                + values.sorted { $0.key < $1.key }.map { "\(JSON.quoted($0.key)):\($0.value.json)" }
                .joined(separator: ",") + "}"
        }
    }
}

/// The time of day as RFC 3339 has it, in UTC, with milliseconds.
enum Timestamp {
    static var now: String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        var calendar = tm()
        gmtime_r(&time.tv_sec, &calendar)
        func two(_ number: Int32) -> String { (number < 10 ? "0" : "") + String(number) }
        let date = "\(calendar.tm_year + 1900)-\(two(calendar.tm_mon + 1))-\(two(calendar.tm_mday))"
        let clock = "\(two(calendar.tm_hour)):\(two(calendar.tm_min)):\(two(calendar.tm_sec))"
        let milliseconds = String(1000 + time.tv_nsec / 1_000_000).dropFirst()
        return "\(date)T\(clock).\(milliseconds)Z"
    }
}
