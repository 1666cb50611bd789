import FoundationEssentials
import Glibc
import HTTPServer
import Logging

/// A peer may be gone, and a file may be as large as it may get: errors to be looked at where they occur, and no
/// reason to die.
signal(SIGPIPE, SIG_IGN)
signal(SIGXFSZ, SIG_IGN)

do throws(SettingError) {
    let arguments = try CommandLineInterface.parse()
    let settings = try Settings(flags: arguments.flags, environment: ProcessInfo.processInfo.environment)
    LoggingSystem.bootstrap { _ in
        LineLogHandler(logLevel: settings.logLevel, format: settings.logFormat ?? .preferred)
    }
    if arguments.version {
        print(settings.appVersion)
    } else if arguments.healthcheck {
        exit(Healthcheck.run(settings) ? 0 : 1)
    } else {
        exit(Server(settings).run().rawValue)
    }
} catch {
    LoggingSystem.bootstrap { _ in LineLogHandler(logLevel: .info, format: .preferred) }
    Logger(label: "counter-server").critical("\(error)")
    exit(ExitStatus.usage.rawValue)
}
