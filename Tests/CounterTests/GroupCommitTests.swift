import Foundation
import Synchronization
import Testing

@testable import Counter

@Suite struct GroupCommitTests {
    private let disk = StoreError(.sync, "the disk is on fire")

    @Test func allThatWaitShareOneCommitAndEachLoopGetsAnUnbrokenRange() {
        let bench = Bench()
        let first = bench.beginBusy()
        let others = (0..<3).map { _ in bench.client() }
        bench.post(0..<100, by: first)
        for client in others { bench.post(0..<50, by: client) }
        bench.store.order { $0.isOpen = true }
        var numbers = [bench.collect(101, from: first)] + others.map { bench.collect(50, from: $0) }
        bench.stop()
        #expect(bench.store.batches == [1, 250], "batches \(bench.store.batches)")
        numbers[0].removeFirst()
        for answers in numbers {
            #expect(answers.map(\.waiter) == Array(0..<answers.count), "in the order in which they asked")
            let got = answers.compactMap { try? $0.outcome.get() }
            #expect(got == got.first.map { Array($0..<($0 + Int64(answers.count))) }, "\(got)")
        }
        #expect(numbers.joined().compactMap { try? $0.outcome.get() }.sorted() == Array(2...251))
    }

    /// A busy machine may hold up the test's thread for longer than the counter waits: not each time, though.
    @Test func thoseWhoWereAnsweredComeBackIntoOneCommit() {
        let bench = Bench()
        let client = bench.begin()
        bench.post(0..<100, by: client)
        for _ in 0..<20 {
            var answered = 0
            // At once, as a loop is told of them.
            while answered < 100 { client.collect { _, _ in answered += 1 } }
            bench.post(0..<50, by: client)
            usleep(200)
            bench.post(50..<100, by: client)
        }
        #expect(bench.collect(100, from: client).count == 100)
        bench.stop()
        let together = bench.store.batches.dropFirst().count { $0 == 100 }
        #expect(together >= 5, "\(together) of 20 in \(bench.store.batches)")
    }

    @Test func whoIsLeftAloneIsNotMadeToWaitForThoseWhoWent() {
        let bench = Bench()
        let client = bench.begin()
        bench.post(0..<100, by: client)
        #expect(bench.collect(100, from: client).count == 100)
        bench.post(0..<1, by: client)
        #expect(bench.collect(1, from: client).count == 1)
        bench.stop()
        #expect(bench.store.batches == [100, 1])
    }

    @Test func manyLoopsAtOnceGetEveryNumberOnce() {
        let bench = Bench()
        let (loops, each) = (4, 500)
        _ = bench.begin()
        let numbers = Mutex<[[Int64]]>([])
        let counter = bench.counter
        DispatchQueue.concurrentPerform(iterations: loops) { _ in
            let client = Client(counter.makeClient {})
            var got: [Int64] = []
            for waiter in 0..<each {
                _ = client.increment(waiter)
                if waiter % 7 == 0 { client.post() }
                client.collect { if case .success(let number) = $1 { got.append(number) } }
            }
            client.post()
            for _ in 0..<5000 where got.count < each {
                usleep(2000)
                client.collect { if case .success(let number) = $1 { got.append(number) } }
            }
            numbers.withLock { $0.append(got) }
        }
        let all = numbers.withLock { $0 }
        #expect(all.joined().sorted() == Array(1...Int64(loops * each)))
        for got in all { #expect(got == got.sorted(), "a loop's numbers ascend") }
        #expect(bench.store.batches.reduce(0, +) == Int64(loops * each))
    }

    @Test func aLoopIsWokenOnceForABatch() {
        let bench = Bench()
        _ = bench.beginBusy()
        let woken = Atomic<Int>(0)
        let client = bench.client { woken.add(1, ordering: .relaxed) }
        for waiter in 0..<10 { bench.post([waiter], by: client) }
        bench.store.order { $0.isOpen = true }
        #expect(bench.collect(10, from: client).count == 10)
        bench.stop()
        #expect(woken.load(ordering: .relaxed) == 1)
    }

    @Test func aFailureIsToldToAllOfItsBatchAndNothingIsAcknowledged() {
        let bench = Bench()
        let first = bench.beginBusy()
        let second = bench.client()
        bench.store.order { $0.failure = disk }
        bench.post(0..<5, by: first)
        bench.post(0..<3, by: second)
        bench.store.order { $0.isOpen = true }
        let outcomes = bench.outcomes(6, from: first) + bench.outcomes(3, from: second)
        #expect(outcomes == Array(repeating: .failure(.storeFailing("the disk is on fire")), count: 9))
        #expect(bench.counter.lastKnownCount == 0)
        #expect(first.countInMemory == 0)
        #expect(bench.counter.condition == .unready(.storeFailing("the disk is on fire")))
    }

    @Test func aStoreThatWorksAgainIsFoundWithoutBeingAsked() {
        let bench = Bench()
        let client = bench.begin()
        bench.store.order { $0.failure = disk }
        bench.post(0..<2, by: client)
        #expect(bench.outcomes(2, from: client).count == 2)
        bench.store.order { $0.failure = nil }
        bench.awaitReady()
        #expect(bench.counter.condition == .ready)
        bench.post([0], by: client)
        #expect(bench.outcomes(1, from: client) == [.success(1)])
    }

    @Test func atTheMaximumTheFirstGetNumbersAndTheRestAreToldWhy() {
        let bench = Bench(count: Int64.max - 4)
        let first = bench.beginBusy()
        let second = bench.client()
        bench.post(0..<2, by: first)
        bench.post(0..<4, by: second)
        bench.store.order { $0.isOpen = true }
        #expect(
            bench.outcomes(3, from: first) == [
                .success(Int64.max - 3), .success(Int64.max - 2), .success(Int64.max - 1),
            ])
        let exhausted = Bench.Outcome.failure(.exhausted)
        #expect(bench.outcomes(4, from: second) == [.success(Int64.max), exhausted, exhausted, exhausted])
        bench.post([0], by: second)
        #expect(bench.outcomes(1, from: second) == [exhausted])
        #expect(second.countInMemory == Int64.max)
        #expect(bench.counter.condition == .ready, "GET goes on")
    }

    @Test func aCountInMemoryIsNeverOneThatIsNotCommitted() {
        let bench = Bench()
        let client = bench.beginBusy()
        #expect(client.countInMemory == 0)
        #expect(bench.counter.lastKnownCount == 0)
        bench.store.order { $0.isOpen = true }
        #expect(bench.outcomes(1, from: client) == [.success(1)])
        #expect(client.countInMemory == 1)
    }

    @Test func whereOthersCountTooMemoryDoesNotAnswerAndReadsShareOneLook() {
        let bench = Bench(isExclusive: false)
        let client = bench.beginBusy()
        #expect(client.countInMemory == nil)
        for waiter in 0..<20 { _ = client.read(waiter) }
        client.post()
        bench.store.order { $0.isOpen = true }
        let outcomes = bench.outcomes(21, from: client)
        #expect(outcomes == Array(repeating: .success(1), count: 21))
        #expect(bench.store.reads == 1, "\(bench.store.reads) looks")
    }

    @Test func readsThatWaitWithIncrementsSeeTheirCommit() {
        let bench = Bench(isExclusive: false)
        let client = bench.beginBusy()
        _ = client.read(0)
        bench.post([1, 2], by: client)
        bench.store.order { $0.isOpen = true }
        let answers = bench.collect(4, from: client)
        #expect(answers.first { $0.waiter == 0 }?.outcome == .success(3))
        #expect(bench.store.reads == 0, "the commit has told it")
    }

    @Test func aReadThatFailsIsToldWhy() {
        let bench = Bench(isExclusive: false)
        let client = bench.begin()
        bench.store.order { $0.readFailure = StoreError(.read, "no such disk") }
        _ = client.read(0)
        client.post()
        #expect(bench.outcomes(1, from: client) == [.failure(.storeFailing("no such disk"))])
    }
}
