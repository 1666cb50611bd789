import Logging

extension Settings {
    /// All settings, as the fields of the first log line.
    var fields: Logger.Metadata {
        [
            "HOST": "\(host)", "PORT": .stringConvertible(port),
            "METRICS_PORT": .stringConvertible(metricsPort),
            "COUNTER_FILE": "\(counterFile)", "COUNTER_SHARED": .stringConvertible(counterShared),
            "APP_VERSION": "\(appVersion)", "LOG_LEVEL": "\(logLevel)",
            "LOG_FORMAT": "\((logFormat ?? .preferred).rawValue)",
            "ACCESS_LOG": .stringConvertible(accessLog),
            "EVENT_LOOPS": .stringConvertible(eventLoops),
            "MAX_CONNECTIONS": .stringConvertible(maxConnections),
            "IDLE_TIMEOUT": .stringConvertible(idleTimeout),
            "REQUEST_TIMEOUT": .stringConvertible(requestTimeout),
            "COMMIT_TIMEOUT": .stringConvertible(commitTimeout),
            "DRAIN_DELAY": .stringConvertible(drainDelay),
            "SHUTDOWN_TIMEOUT": .stringConvertible(shutdownTimeout),
        ]
    }
}
