import ArgumentParser

/// The command line. Values are text here: ``Settings`` reads them the same way whether they come from a flag or
/// from the environment.
struct Arguments: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "counter-server",
        abstract: "A counter over HTTP: POST / adds one, GET / answers the count.",
        discussion: "Each setting is a flag and an environment variable; the flag wins.")

    @Option(help: .setting("HOST", "Address to listen on.", "all addresses, IPv4 and IPv6"))
    var host: String?

    @Option(help: .setting("PORT", "Port of the counter; 0 picks a free one.", "8080"))
    var port: String?

    @Option(help: .setting("METRICS_PORT", "Port of /metrics; 0 turns it off.", "9090"))
    var metricsPort: String?

    @Option(help: .setting("COUNTER_FILE", "The file that keeps the count.", "/data/counter.json"))
    var counterFile: String?

    @Option(
        defaultAsFlag: "true",
        help: .setting("COUNTER_SHARED", "Share the file with other processes: lock each commit.", "false"))
    var counterShared: String?

    @Option(help: .setting("APP_VERSION", "What /version answers.", "dev"))
    var appVersion: String?

    @Option(
        help: .setting("LOG_LEVEL", "trace, debug, info, notice, warning, error or critical.", "info"))
    var logLevel: String?

    @Option(help: .setting("LOG_FORMAT", "json, or text for people.", "json; text on a terminal"))
    var logFormat: String?

    @Option(defaultAsFlag: "true", help: .setting("ACCESS_LOG", "Log each request.", "false"))
    var accessLog: String?

    @Option(help: .setting("EVENT_LOOPS", "Event loops, one thread each.", "number of processors"))
    var eventLoops: String?

    @Option(
        help: .setting(
            "MAX_CONNECTIONS", "Open connections; over it, new ones wait in the kernel's queue.", "10000"))
    var maxConnections: String?

    @Option(help: .setting("IDLE_TIMEOUT", "Seconds without a byte before a connection is closed.", "60"))
    var idleTimeout: String?

    @Option(
        help: .setting("REQUEST_TIMEOUT", "Seconds within which a whole request must have arrived.", "10"))
    var requestTimeout: String?

    @Option(help: .setting("COMMIT_TIMEOUT", "Seconds to wait for the disk before answering 503.", "5"))
    var commitTimeout: String?

    @Option(help: .setting("DRAIN_DELAY", "Seconds that a stopping server stays open, unready.", "0"))
    var drainDelay: String?

    @Option(help: .setting("SHUTDOWN_TIMEOUT", "Seconds for requests in flight after that.", "10"))
    var shutdownTimeout: String?

    @Flag(help: "Ask the running server's /healthz; exit with 0 or 1.")
    var healthcheck = false

    @Flag(help: "Print the version.")
    var version = false

    /// What was given as a flag, by the name of its variable.
    var flags: [String: String] {
        let all: [String: String?] = [
            "HOST": host, "PORT": port, "METRICS_PORT": metricsPort, "COUNTER_FILE": counterFile,
            "COUNTER_SHARED": counterShared, "APP_VERSION": appVersion, "LOG_LEVEL": logLevel,
            "LOG_FORMAT": logFormat, "ACCESS_LOG": accessLog, "EVENT_LOOPS": eventLoops,
            "MAX_CONNECTIONS": maxConnections, "IDLE_TIMEOUT": idleTimeout, "REQUEST_TIMEOUT": requestTimeout,
            "COMMIT_TIMEOUT": commitTimeout, "DRAIN_DELAY": drainDelay, "SHUTDOWN_TIMEOUT": shutdownTimeout,
        ]
        return all.compactMapValues { $0 }
    }
}

extension ArgumentHelp {
    fileprivate static func setting(_ variable: String, _ text: String, _ value: String) -> ArgumentHelp {
        ArgumentHelp("\(text) (\(variable); default: \(value))", valueName: "value")
    }
}
