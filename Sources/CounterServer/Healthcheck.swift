import Glibc
import HTTPServer

/// `--healthcheck`: for a container image that has no shell and no curl.
enum Healthcheck {
    /// Whether the server that these settings describe answers `/healthz` with 200 within two seconds.
    static func run(_ settings: Settings) -> Bool {
        // Where the server listens on all addresses, it listens on this one.
        let listensOnAll = ["", "0.0.0.0", "::"].contains(settings.host)
        let host = listensOnAll ? "127.0.0.1" : settings.host
        do {
            let status = try Probe.status(host: host, port: settings.port, path: "/healthz", timeout: 2)
            if status == 200 { return true }
            complain("\(host):\(settings.port)/healthz answered \(status)")
        } catch {
            complain("\(host):\(settings.port)/healthz: \(error)")
        }
        return false
    }

    private static func complain(_ text: String) {
        let line = "unhealthy: \(text)\n"
        _ = write(STDERR_FILENO, line, line.utf8.count)
    }
}
