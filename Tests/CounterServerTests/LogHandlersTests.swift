import Foundation
import Logging
import Testing

@testable import CounterServer

@Suite struct TimestampTests {
    @Test func aTimeIsWrittenAsRFC3339Has() throws {
        let text = Timestamp.now
        #expect(try #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/#.wholeMatch(in: text) != nil, "\(text)")
    }
}

@Suite struct ReadinessTests {
    @Test func drainingComesBeforeAllElse() {
        let readiness = Readiness { .ready }
        #expect(readiness.reason == nil)
        readiness.beginDraining()
        #expect(readiness.reason == "draining")
    }

    @Test func eachConditionHasItsReason() {
        #expect(Readiness { .unready(.lockHeld) }.reason == "lock held")
        #expect(Readiness { .unready(.storeFailing("disk")) }.reason == "store failing")
        #expect(Readiness { .unready(.stalled) }.reason == "store stalled")
        #expect(Readiness { .unready(.starting) }.reason == "starting")
    }
}
