import FoundationEssentials
import HTTPServer
import Logging

/// What an operator can set, checked. Each setting is an environment variable and a flag of the same name
/// (`COUNTER_FILE`, `--counter-file`); the flag wins, and an empty value is none.
struct Settings: Sendable {
    var host = ""
    var port = 8080
    var metricsPort = 9090
    var counterFile = "/data/counter.json"
    var counterShared = false
    var appVersion = "dev"
    var logLevel = Logger.Level.info
    var logFormat: LogFormat?
    var accessLog = false
    var eventLoops = Processors.available
    var maxConnections = 10_000
    var idleTimeout = 60.0
    var requestTimeout = 10.0
    var commitTimeout = 5.0
    var drainDelay = 0.0
    var shutdownTimeout = 10.0

    init() {}

    /// - Parameters:
    ///   - flags: the values given as flags, by the name of their variable.
    ///   - environment: the process's.
    /// - Throws: ``SettingError`` for the first value that makes no sense.
    init(flags: [String: String], environment: [String: String]) throws(SettingError) {
        let source = SettingSource(flags: flags, environment: environment)
        host = source.text("HOST") ?? host
        port = try source.whole("PORT", 0...65_535) ?? port
        metricsPort = try source.whole("METRICS_PORT", 0...65_535) ?? metricsPort
        counterFile = try source.file("COUNTER_FILE") ?? counterFile
        counterShared = try source.flag("COUNTER_SHARED") ?? counterShared
        appVersion = source.text("APP_VERSION") ?? appVersion
        logLevel = try source.choice("LOG_LEVEL", Logger.Level.allCases) ?? logLevel
        logFormat = try source.choice("LOG_FORMAT", LogFormat.allCases)
        accessLog = try source.flag("ACCESS_LOG") ?? accessLog
        eventLoops = try source.whole("EVENT_LOOPS", 1...1024) ?? eventLoops
        maxConnections = try source.whole("MAX_CONNECTIONS", 1...1_000_000) ?? maxConnections
        idleTimeout = try source.seconds("IDLE_TIMEOUT", above: 0) ?? idleTimeout
        requestTimeout = try source.seconds("REQUEST_TIMEOUT", above: 0) ?? requestTimeout
        commitTimeout = try source.seconds("COMMIT_TIMEOUT", above: 0) ?? commitTimeout
        drainDelay = try source.seconds("DRAIN_DELAY") ?? drainDelay
        shutdownTimeout = try source.seconds("SHUTDOWN_TIMEOUT") ?? shutdownTimeout
        if port == metricsPort, port != 0 {
            throw SettingError(
                description: "METRICS_PORT: \(metricsPort) is PORT's already; 0 turns metrics off")
        }
    }

    var configuration: Configuration {
        var configuration = Configuration()
        configuration.maxConnections = maxConnections
        configuration.idleTimeout = idleTimeout
        configuration.requestTimeout = requestTimeout
        configuration.timesExchanges = metricsPort != 0 || accessLog
        return configuration
    }
}

/// A setting that makes no sense: one line that names it.
struct SettingError: Error, CustomStringConvertible {
    var description: String
}

/// Where the values come from, and how each kind of them is read.
private struct SettingSource {
    var flags: [String: String]
    var environment: [String: String]

    func text(_ name: String) -> String? {
        let value = flags[name] ?? environment[name]
        return value?.isEmpty == false ? value : nil
    }

    func whole(_ name: String, _ range: ClosedRange<Int>) throws(SettingError) -> Int? {
        guard let text = text(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw wrong(name, text, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// - Parameter above: where given, the number must be greater; else it may be 0.
    func seconds(_ name: String, above: Double? = nil) throws(SettingError) -> Double? {
        guard let text = text(name) else { return nil }
        guard let number = Double(text), number.isFinite, number <= 86_400,
            above.map({ number > $0 }) ?? (number >= 0)
        else {
            throw wrong(name, text, "a number of seconds \(above == nil ? "from" : "above") 0 to 86400")
        }
        return number
    }

    func flag(_ name: String) throws(SettingError) -> Bool? {
        guard let text = text(name) else { return nil }
        switch text.lowercased() {
        case "true", "1", "yes", "on": return true
        case "false", "0", "no", "off": return false
        default: throw wrong(name, text, "true or false")
        }
    }

    func choice<Choice: RawRepresentable<String>>(
        _ name: String, _ choices: [Choice]
    ) throws(SettingError) -> Choice? {
        guard let text = text(name) else { return nil }
        if let choice = Choice(rawValue: text.lowercased()) { return choice }
        throw wrong(name, text, "one of " + choices.map(\.rawValue).joined(separator: ", "))
    }

    func file(_ name: String) throws(SettingError) -> String? {
        guard let text = text(name) else { return nil }
        if text.hasSuffix("/") { throw wrong(name, text, "the name of a file") }
        return text
    }

    private func wrong(_ name: String, _ value: String, _ wanted: String) -> SettingError {
        let flag = "--" + name.lowercased().split(separator: "_").joined(separator: "-")
        return SettingError(description: "\(flags[name] == nil ? name : flag): '\(value)' is not \(wanted)")
    }
}
