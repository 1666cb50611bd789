import Foundation

@testable import Counter

/// A store without a disk that can be told to fail and to stall. Its figures may be read from any thread.
final class GatedStore: @unchecked Sendable {
    private let condition = NSCondition()
    private var count: Int64
    private var isOpen = true
    private var failure: StoreError?
    private var holdsLock = true
    private(set) var commits: [Int64] = []
    private(set) var isInside = false
    private(set) var wasClosed = false

    init(count: Int64 = 0) { self.count = count }

    private func locked<Result>(_ body: () -> Result) -> Result {
        condition.lock()
        defer {
            condition.broadcast()
            condition.unlock()
        }
        return body()
    }

    /// While it is shut, whoever calls the store waits.
    func setOpen(_ isOpen: Bool) { locked { self.isOpen = isOpen } }
    func setFailure(_ failure: StoreError?) { locked { self.failure = failure } }
    func setLockHeldElsewhere(_ held: Bool) { locked { holdsLock = !held } }
    func setCount(_ count: Int64) { locked { self.count = count } }
    var batches: [Int64] { locked { commits.filter { $0 > 0 } } }
    var isBusy: Bool { locked { isInside } }

    fileprivate func acquire() -> Bool { locked { holdsLock } }
    fileprivate func close() { locked { wasClosed = true } }

    fileprivate func add(_ n: Int64) throws(StoreError) -> Addition {
        condition.lock()
        defer {
            isInside = false
            condition.broadcast()
            condition.unlock()
        }
        isInside = true
        condition.broadcast()
        while !isOpen { condition.wait() }
        if let failure { throw failure }
        commits.append(n)
        let added = min(n, Int64.max - count)
        count += added
        return Addition(count: count, added: added)
    }

    /// The face that the counter sees.
    struct Handle: CounterStore {
        let store: GatedStore
        let isExclusive: Bool
        mutating func acquire() throws(StoreError) -> Bool { store.acquire() }
        mutating func add(_ n: Int64) throws(StoreError) -> Addition { try store.add(n) }
        mutating func read() throws(StoreError) -> Int64 { try store.add(0).count }
        mutating func close() { store.close() }
    }
}

/// A counter on a thread of its own, with clients whose loops are played by the test.
final class Bench {
    typealias Outcome = Result<Int64, CounterError>
    let store: GatedStore
    let counter: Counter<GatedStore.Handle>
    private let ended = DispatchSemaphore(value: 0)

    init(count: Int64 = 0, isExclusive: Bool = true, stallSeconds: Double = 60, open: Bool = true) {
        store = GatedStore(count: count)
        store.setOpen(open)
        counter = Counter(
            store: GatedStore.Handle(store: store, isExclusive: isExclusive), stallSeconds: stallSeconds)
    }

    func start() {
        let (counter, ended) = (counter, ended)
        Foundation.Thread.detachNewThread {
            counter.run()
            ended.signal()
        }
    }

    func stop() {
        counter.stop()
        ended.wait()
    }

    /// Waits until `isTrue`, for at most ten seconds.
    func wait(for isTrue: () -> Bool) {
        for _ in 0..<5000 where !isTrue() { usleep(2000) }
    }

    func awaitReady() { wait { counter.condition == .ready } }

    func client() -> CounterClient<Int, GatedStore.Handle> { counter.makeClient {} }

    /// Collects until `count` answers have come.
    func collect(
        _ count: Int, from client: CounterClient<Int, GatedStore.Handle>
    ) -> [(waiter: Int, outcome: Outcome)] {
        var answers: [(Int, Outcome)] = []
        wait {
            client.collect { answers.append(($0, $1)) }
            return answers.count >= count
        }
        return answers
    }
}
