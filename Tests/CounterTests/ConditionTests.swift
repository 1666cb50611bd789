import Foundation
import Testing

@testable import Counter

@Suite struct ConditionTests {
    @Test func aWaitEndsWhenItsTimeIsUp() {
        let condition = Condition(0)
        #expect(condition.wait(upTo: 0.01, until: { $0 == 1 }, then: { $0 }) == 0)
    }

    @Test func aSignalEndsAWait() {
        let condition = Condition(0)
        Foundation.Thread.detachNewThread {
            usleep(20_000)
            condition.withLock { $0 = 1 }
            condition.signal()
        }
        #expect(condition.wait(upTo: 10, until: { $0 == 1 }, then: { $0 }) == 1)
    }
}
