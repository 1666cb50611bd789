import Testing

@testable import Counter

/// The counter's life: the lock, failures, readiness, the end. What it is for is in ``GroupCommitTests``.
@Suite struct CounterTests {
    private let disk = StoreError(.sync, "the disk is on fire")

    @Test func beforeItRunsItIsStartingAndKnowsNoCount() {
        let counter = Bench(count: 5).counter
        #expect(counter.condition == .unready(.starting))
        #expect(counter.lastKnownCount == nil)
        #expect(!counter.holdsLock && !counter.isInStore)
    }

    @Test func readyComesWithTheFirstCommitAndItsCount() {
        let bench = Bench(count: 5)
        let client = bench.begin()
        #expect(bench.counter.lastKnownCount == 5)
        #expect(client.countInMemory == 5)
        #expect(bench.counter.holdsLock)
        #expect(bench.events.all == ["lock taken", "committed 0", "ready at 5"])
    }

    @Test func whereTheFileIsSharedNobodyHoldsTheLockForLife() {
        let bench = Bench(isExclusive: false)
        _ = bench.begin()
        #expect(!bench.counter.holdsLock)
    }

    @Test func aStandbyRefusesUntilTheLockIsFreeAndThenCountsOn() {
        let bench = Bench()
        bench.store.order { $0.isLockHeldElsewhere = true }
        bench.start()
        bench.wait { bench.counter.condition == .unready(.lockHeld) }
        let client = bench.client()
        bench.post(0..<2, by: client)
        #expect(bench.outcomes(2, from: client) == [.failure(.lockHeld), .failure(.lockHeld)])
        #expect(!bench.counter.holdsLock)
        bench.store.setCount(1000)
        bench.store.order { $0.isLockHeldElsewhere = false }
        bench.awaitReady()
        #expect(client.countInMemory == 1000)
        bench.post([1], by: client)
        #expect(bench.outcomes(1, from: client) == [.success(1001)])
        #expect(bench.events.all == ["waiting", "lock taken", "committed 0", "ready at 1000", "committed 1"])
    }

    @Test func aLockThatCannotBeTakenIsTriedAgainAndToldOnce() {
        let bench = Bench()
        bench.store.order { $0.lockFailure = StoreError(.lock, "no locks left") }
        bench.start()
        bench.wait { bench.events.all.count >= 3 }
        #expect(bench.counter.condition == .unready(.storeFailing("no locks left")))
        #expect(
            bench.events.all.prefix(3) == [
                "failed: no locks left", "again: no locks left", "again: no locks left",
            ])
        let client = bench.client()
        bench.post([0], by: client)
        #expect(bench.outcomes(1, from: client) == [.failure(.storeFailing("no locks left"))])
        bench.store.order { $0.lockFailure = nil }
        bench.awaitReady()
        #expect(bench.events.all.last == "recovered at 0")
    }

    @Test func aFailureIsToldAsTheFirstOnceAndItsEndOnce() {
        let bench = Bench()
        let client = bench.begin()
        bench.store.order { $0.failure = disk }
        for waiter in 0..<3 {
            bench.post([waiter], by: client)
            #expect(bench.outcomes(1, from: client).count == 1)
        }
        bench.store.order { $0.failure = nil }
        bench.awaitReady()
        let told = bench.events.all.filter { !$0.hasPrefix("again") }
        #expect(
            told == [
                "lock taken", "committed 0", "ready at 0", "failed: the disk is on fire", "committed 0",
                "recovered at 0",
            ])
        #expect(bench.events.all.filter { $0.hasPrefix("again") }.count >= 2)
    }

    @Test func aCommitThatIsUnderWayIsSeen() {
        let bench = Bench()
        let client = bench.beginBusy()
        #expect(bench.counter.isInStore)
        #expect(bench.counter.secondsInStore > 0)
        #expect(bench.counter.condition == .ready, "it has not lasted long")
        bench.store.order { $0.isOpen = true }
        #expect(bench.outcomes(1, from: client) == [.success(1)])
        bench.wait { !bench.counter.isInStore }
        #expect(bench.counter.secondsInStore == 0)
    }

    @Test func theEndClosesTheStoreOnceAndAnswersTheCommitThatIsUnderWay() {
        let bench = Bench()
        let client = bench.beginBusy()
        bench.counter.stop()
        bench.stop()
        #expect(bench.store.timesClosed == 1)
        #expect(bench.outcomes(1, from: client) == [.success(1)])
        bench.counter.run()
        #expect(bench.store.timesClosed == 1, "a second run has no store")
    }

    @Test func aStandbyEndsWhenItIsAskedTo() {
        let bench = Bench()
        bench.store.order { $0.isLockHeldElsewhere = true }
        bench.start()
        bench.wait { bench.counter.condition == .unready(.lockHeld) }
        bench.stop()
        #expect(bench.store.timesClosed == 1)
    }

    @Test func whatIsStoppedBeforeItRunsCommitsNothing() {
        let bench = Bench()
        bench.counter.stop()
        bench.counter.run()
        #expect(bench.events.all == [])
        #expect(bench.store.timesClosed == 1)
    }
}
