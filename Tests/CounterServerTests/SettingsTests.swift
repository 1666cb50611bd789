import Testing

@testable import CounterServer

@Suite struct SettingsTests {
    private func settings(
        flags: [String: String] = [:], _ environment: [String: String] = [:]
    ) throws(SettingError) -> Settings {
        try Settings(flags: flags, environment: environment)
    }

    private func complaint(
        flags: [String: String] = [:], _ environment: [String: String] = [:]
    ) -> String {
        do {
            _ = try settings(flags: flags, environment)
            return "no complaint"
        } catch {
            return error.description
        }
    }

    @Test func withoutAnythingTheDefaultsHold() throws {
        let settings = try settings()
        #expect(settings.port == 8080)
        #expect(settings.metricsPort == 9090)
        #expect(settings.counterFile == "/data/counter.json")
        #expect(settings.counterShared == false)
        #expect(settings.maxConnections == 10_000)
        #expect(settings.commitTimeout == 5)
        #expect(settings.eventLoops >= 1)
    }

    @Test func everySettingIsReadFromItsVariable() throws {
        let settings = try settings([
            "HOST": "::1", "PORT": "0", "METRICS_PORT": "0", "COUNTER_FILE": "c.json",
            "COUNTER_SHARED": "TRUE",
            "APP_VERSION": "1.2", "LOG_LEVEL": "WARNING", "LOG_FORMAT": "Text", "ACCESS_LOG": "on",
            "EVENT_LOOPS": "3", "MAX_CONNECTIONS": "7", "IDLE_TIMEOUT": "1.5", "REQUEST_TIMEOUT": "2",
            "COMMIT_TIMEOUT": "3", "DRAIN_DELAY": "4", "SHUTDOWN_TIMEOUT": "0",
        ])
        #expect(settings.host == "::1")
        #expect(settings.port == 0)
        #expect(settings.metricsPort == 0)
        #expect(settings.counterFile == "c.json")
        #expect(settings.counterShared)
        #expect(settings.appVersion == "1.2")
        #expect(settings.logLevel == .warning)
        #expect(settings.logFormat == .text)
        #expect(settings.accessLog)
        #expect(settings.eventLoops == 3)
        #expect(settings.maxConnections == 7)
        #expect(settings.idleTimeout == 1.5)
        #expect(settings.requestTimeout == 2)
        #expect(settings.commitTimeout == 3)
        #expect(settings.drainDelay == 4)
        #expect(settings.shutdownTimeout == 0)
    }

    @Test func theFlagWins() throws {
        #expect(try settings(flags: ["PORT": "1"], ["PORT": "2"]).port == 1)
    }

    @Test func anEmptyValueIsNone() throws {
        #expect(try settings(flags: ["PORT": ""], ["METRICS_PORT": ""]).port == 8080)
    }

    @Test(arguments: [
        ("PORT", "abc"), ("PORT", "65536"), ("PORT", "-1"), ("METRICS_PORT", "1.5"),
        ("COUNTER_SHARED", "maybe"),
        ("LOG_LEVEL", "loud"), ("LOG_FORMAT", "xml"), ("EVENT_LOOPS", "0"), ("MAX_CONNECTIONS", "-5"),
        ("IDLE_TIMEOUT", "0"), ("REQUEST_TIMEOUT", "nan"), ("COMMIT_TIMEOUT", "-1"), ("DRAIN_DELAY", "soon"),
        ("SHUTDOWN_TIMEOUT", "inf"), ("COUNTER_FILE", "/data/"),
    ])
    func aValueThatMakesNoSenseIsNamedWithItsSource(name: String, value: String) {
        #expect(complaint([name: value]).hasPrefix("\(name): '\(value)' is not "))
        let flag = "--" + name.lowercased().replacing("_", with: "-")
        #expect(complaint(flags: [name: value]).hasPrefix("\(flag): '\(value)' is not "))
    }

    @Test func twoPortsInOnePlaceAreRefused() {
        #expect(complaint(["PORT": "9090"]).hasPrefix("METRICS_PORT: 9090"))
        #expect(complaint(["PORT": "0", "METRICS_PORT": "0"]) == "no complaint")
    }

    @Test func everyVariableHasAFlagAndIsInTheHelp() throws {
        let help = Arguments.helpMessage(columns: 200)
        for name in Settings().fields.keys {
            #expect(help.contains("(\(name); default: "), "\(name) is not in the help")
            let flag = "--" + name.lowercased().replacing("_", with: "-")
            #expect(try Arguments.parse([flag, "x"]).flags == [name: "x"])
        }
    }
}

@Suite struct ProcessorsTests {
    @Test(arguments: [
        ("max 100000\n", nil), ("100000 100000\n", 1), ("50000 100000\n", 1), ("150000 100000\n", 2),
        ("400000 100000\n", 4), ("", nil), ("1 0", nil), ("x y", nil),
    ])
    func aShareOfProcessorsIsRoundedUp(cpuMax: String, limit: Int?) {
        #expect(Processors.limit(cpuMax: cpuMax) == limit)
    }
}
