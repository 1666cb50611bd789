import Testing

@testable import Counter

@Suite struct CounterClientTests {
    @Test func whoWaitsTooLongIsGivenUpOnceAndALateNumberIsNobodys() {
        let bench = Bench(stallSeconds: 0.2)
        let client = bench.beginBusy()
        bench.post([7], by: client)
        // It is told at once from then on, but for those who came before.
        var kept = 2
        bench.wait {
            let refusal = client.increment(100)
            if refusal == nil { kept += 1 }
            return refusal == .stalled
        }
        #expect(client.read(0) == .stalled)
        #expect(bench.counter.condition == .unready(.stalled))
        var givenUp: [Int] = []
        for _ in 0..<2 { givenUp += client.expire(before: monotonicSeconds() + 1) }
        #expect(givenUp == [-1, 7] + Array(repeating: 100, count: kept - 2), "in their order, nobody twice")
        bench.store.order { $0.isOpen = true }
        bench.awaitReady()
        bench.post([9], by: client)
        let answers = bench.collect(1, from: client)
        #expect(answers.map(\.waiter) == [9], "answered \(answers.map(\.waiter))")
        #expect(
            answers.map(\.outcome) == [.success(Int64(kept) + 1)], "the number after those that nobody got")
    }

    @Test func whoHasNotWaitedLongIsNotGivenUp() {
        let bench = Bench()
        let client = bench.beginBusy()
        let between = monotonicSeconds()
        bench.post([1], by: client)
        #expect(client.expire(before: between) == [-1])
        bench.store.order { $0.isOpen = true }
        let answers = bench.collect(1, from: client)
        #expect(answers.map(\.waiter) == [1])
        #expect(answers.map(\.outcome) == [.success(2)], "1 is nobody's")
    }

    @Test func whoIsGivenUpMayComeBackAtOnce() {
        let bench = Bench()
        _ = bench.beginBusy()
        let client = bench.counter.makeClient {}
        var refusals: [CounterError?] = []
        for _ in 0..<3 {
            _ = client.increment { _ in refusals.append(client.increment { _ in }) }
        }
        client.expire(before: monotonicSeconds() + 1)
        #expect(refusals == [nil, nil, nil])
        #expect(client.waitingIncrements == 6, "those given up keep their places")
    }

    @Test func nothingIsAskedForBeforeThePost() {
        let bench = Bench()
        let client = bench.begin()
        for waiter in 0..<3 { _ = client.increment(waiter) }
        #expect(client.waitingIncrements == 3)
        #expect(bench.store.batches == [])
        client.post()
        client.post()
        #expect(bench.outcomes(3, from: client) == [.success(1), .success(2), .success(3)])
        #expect(client.waitingIncrements == 0)
        #expect(bench.store.batches.reduce(0, +) == 3, "a second post asks for nothing")
    }

    @Test func answersAreCollectedOnce() {
        let bench = Bench()
        let client = bench.begin()
        bench.post([0], by: client)
        #expect(bench.outcomes(1, from: client).count == 1)
        client.collect { Issue.record("\($0) was answered again: \($1)") }
    }
}
