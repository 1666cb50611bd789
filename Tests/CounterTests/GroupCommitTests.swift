import Foundation
import Testing

@testable import Counter

@Suite struct GroupCommitTests {
    private let disk = StoreError(.sync, "the disk is on fire")

    /// A bench whose counter is in the middle of a commit of one increment, waiter -1 of the client returned.
    private func busyBench(_ bench: Bench) -> CounterClient<Int, GatedStore.Handle> {
        bench.start()
        bench.awaitReady()
        let client = bench.client()
        bench.store.setOpen(false)
        _ = client.increment(-1)
        client.post()
        bench.wait { bench.store.isBusy }
        return client
    }

    @Test func allThatWaitShareOneCommit() {
        let bench = Bench()
        let first = busyBench(bench)
        let second = bench.client()
        for waiter in 0..<100 { _ = first.increment(waiter) }
        for waiter in 0..<50 { _ = second.increment(waiter) }
        first.post()
        second.post()
        bench.store.setOpen(true)
        let firstAnswers = bench.collect(101, from: first)
        let secondAnswers = bench.collect(50, from: second)
        bench.stop()
        #expect(bench.store.batches == [1, 150], "batches \(bench.store.batches)")
        let numbers = (firstAnswers + secondAnswers).compactMap { try? $0.outcome.get() }
        #expect(numbers.sorted() == Array(1...151), "every number once")
    }

    @Test func aClientsWaitersAreAnsweredInTheirOrderWithOneUnbrokenRange() {
        let bench = Bench(count: 41)
        bench.start()
        bench.awaitReady()
        let client = bench.client()
        for waiter in 0..<10 { _ = client.increment(waiter) }
        client.post()
        let answers = bench.collect(10, from: client)
        bench.stop()
        #expect(answers.map(\.waiter) == Array(0..<10))
        #expect(answers.map(\.outcome) == (42..<52).map { .success($0) })
    }

    @Test func aFailureIsToldToAllOfItsBatchAndNothingIsAcknowledged() {
        let bench = Bench()
        bench.start()
        bench.awaitReady()
        bench.store.setFailure(disk)
        let client = bench.client()
        for waiter in 0..<5 { _ = client.increment(waiter) }
        client.post()
        let answers = bench.collect(5, from: client)
        #expect(answers.allSatisfy { $0.outcome == .failure(.storeFailing("the disk is on fire")) })
        #expect(bench.counter.lastKnownCount == 0)
        #expect(bench.counter.condition == .unready(.storeFailing("the disk is on fire")))
        bench.stop()
    }

    @Test func aStoreThatWorksAgainIsFoundWithoutBeingAsked() {
        let bench = Bench()
        bench.start()
        bench.awaitReady()
        bench.store.setFailure(disk)
        let client = bench.client()
        _ = client.increment(0)
        client.post()
        _ = bench.collect(1, from: client)
        bench.store.setFailure(nil)
        bench.awaitReady()
        #expect(bench.counter.condition == .ready)
        bench.stop()
    }

    @Test func whoWaitsTooLongIsGivenUpOnceAndALateNumberIsNobodys() {
        let bench = Bench(stallSeconds: 0.2)
        let client = busyBench(bench)
        _ = client.increment(7)
        client.post()
        var waiter = 100
        bench.wait {
            waiter += 1
            return client.increment(waiter) == .stalled
        }
        #expect(bench.counter.condition == .unready(.stalled))
        var givenUp: [Int] = []
        for _ in 0..<2 { client.expire(before: monotonicSeconds() + 1) { givenUp.append($0) } }
        #expect(givenUp.contains(-1) && givenUp.contains(7), "given up: \(givenUp)")
        #expect(Set(givenUp).count == givenUp.count, "nobody twice: \(givenUp)")
        bench.store.setOpen(true)
        bench.awaitReady()
        _ = client.increment(9)
        client.post()
        let answers = bench.collect(1, from: client)
        bench.stop()
        #expect(answers.map(\.waiter) == [9], "answered \(answers.map(\.waiter))")
        let number = try? answers.first?.outcome.get()
        #expect(number.map { Int($0) } == givenUp.count + 1, "the number after those that nobody got")
    }

    @Test func aStandbyRefusesUntilTheLockIsFreeAndThenCountsOn() {
        let bench = Bench()
        bench.store.setLockHeldElsewhere(true)
        bench.start()
        bench.wait { bench.counter.condition == .unready(.lockHeld) }
        let client = bench.client()
        _ = client.increment(0)
        client.post()
        #expect(bench.collect(1, from: client).map(\.outcome) == [.failure(.lockHeld)])
        bench.store.setCount(1000)
        bench.store.setLockHeldElsewhere(false)
        bench.awaitReady()
        #expect(client.countInMemory == 1000)
        _ = client.increment(1)
        client.post()
        #expect(bench.collect(1, from: client).map(\.outcome) == [.success(1001)])
        bench.stop()
    }

    @Test func atTheMaximumTheFirstGetNumbersAndTheRestAreToldWhy() {
        let bench = Bench(count: Int64.max - 2)
        bench.start()
        bench.awaitReady()
        let client = bench.client()
        for waiter in 0..<4 { _ = client.increment(waiter) }
        client.post()
        let answers = bench.collect(4, from: client)
        bench.stop()
        #expect(
            answers.map(\.outcome) == [
                .success(Int64.max - 1), .success(Int64.max), .failure(.exhausted), .failure(.exhausted),
            ])
    }

    @Test func aReadNeverShowsWhatIsNotCommitted() {
        let bench = Bench()
        let client = busyBench(bench)
        #expect(client.countInMemory == 0)
        bench.store.setOpen(true)
        #expect(bench.collect(1, from: client).map(\.outcome) == [.success(1)])
        #expect(client.countInMemory == 1)
        bench.stop()
    }

    @Test func whereOthersCountTooMemoryDoesNotAnswerAndReadsShareOneLook() {
        let bench = Bench(isExclusive: false)
        let client = busyBench(bench)
        #expect(client.countInMemory == nil)
        for waiter in 0..<20 { _ = client.read(waiter) }
        client.post()
        bench.store.setOpen(true)
        let answers = bench.collect(21, from: client)
        let looks = bench.store.commits.filter { $0 == 0 }.count
        bench.stop()
        #expect(answers.dropFirst().allSatisfy { $0.outcome == .success(1) })
        #expect(looks == 2, "\(looks) looks, one of them the trial at the start")
    }

    @Test func theEndClosesTheStore() {
        let bench = Bench()
        bench.start()
        bench.awaitReady()
        bench.stop()
        #expect(bench.store.wasClosed)
    }
}
