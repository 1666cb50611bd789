import Foundation
import Synchronization

@testable import Counter

/// A counter on a thread of its own, with clients whose loops are played by the test. Ends with the test.
final class Bench {
    typealias Outcome = Result<Int64, CounterError>

    let store: GatedStore
    let counter: Counter<GatedStore.Handle>
    let events = RecordedEvents()
    private let ended = DispatchSemaphore(value: 0)
    private var isRunning = false

    init(count: Int64 = 0, isExclusive: Bool = true, stallSeconds: Double = 60) {
        store = GatedStore(count: count)
        counter = Counter(
            store: GatedStore.Handle(store: store, isExclusive: isExclusive), stallSeconds: stallSeconds,
            observer: events)
    }

    deinit { stop() }

    func start() {
        let (counter, ended) = (counter, ended)
        isRunning = true
        Foundation.Thread.detachNewThread {
            counter.run()
            ended.signal()
        }
    }

    /// Waits for the counter's end, which no gate may hold up.
    func stop() {
        guard isRunning else { return }
        isRunning = false
        store.order { $0.isOpen = true }
        counter.stop()
        ended.wait()
    }

    /// Starts, and waits until it is ready.
    func begin() -> Client {
        start()
        awaitReady()
        return client()
    }

    /// Starts, and returns a client in the middle of a commit of one increment, waiter -1.
    func beginBusy() -> Client {
        let client = begin()
        store.order { $0.isOpen = false }
        post([-1], by: client)
        wait { store.isBusy }
        return client
    }

    /// Waits until `isTrue`, for at most ten seconds.
    func wait(for isTrue: () -> Bool) {
        for _ in 0..<5000 where !isTrue() { usleep(2000) }
    }

    func awaitReady() { wait { counter.condition == .ready } }

    func client(wake: @escaping @Sendable () -> Void = {}) -> Client {
        Client(counter.makeClient(wake: wake))
    }

    func post(_ waiters: some Sequence<Int>, by client: Client) {
        for waiter in waiters { _ = client.increment(waiter) }
        client.post()
    }

    /// Collects until `count` answers have come.
    func collect(_ count: Int, from client: Client) -> [(waiter: Int, outcome: Outcome)] {
        var answers: [(Int, Outcome)] = []
        wait {
            client.collect { answers.append(($0, $1)) }
            return answers.count >= count
        }
        return answers
    }

    func outcomes(_ count: Int, from client: Client) -> [Outcome] {
        collect(count, from: client).map(\.outcome)
    }
}

/// A loop's client whose waiters are numbers, to see who was answered what.
final class Client {
    private let client: CounterClient
    private var answers: [(waiter: Int, outcome: Bench.Outcome)] = []

    init(_ client: CounterClient) { self.client = client }

    var countInMemory: Int64? { client.countInMemory }
    var waitingIncrements: Int { client.waitingIncrements }

    func increment(_ waiter: Int) -> CounterError? {
        client.increment { [unowned self] in answers.append((waiter, $0)) }
    }

    func read(_ waiter: Int) -> CounterError? {
        client.read { [unowned self] in answers.append((waiter, $0)) }
    }

    func post() { client.post() }

    func collect(_ body: (Int, Bench.Outcome) -> Void) {
        client.collect()
        for answer in answers { body(answer.waiter, answer.outcome) }
        answers = []
    }

    /// - Returns: who was given up.
    func expire(before time: Double) -> [Int] {
        client.expire(before: time)
        defer { answers = [] }
        return answers.filter { $0.outcome == .failure(.stalled) }.map(\.waiter)
    }
}

/// What an observer was told, in words.
final class RecordedEvents: CounterObserver {
    private let events = Mutex<[String]>([])
    private func note(_ event: String) { events.withLock { $0.append(event) } }
    var all: [String] { events.withLock { $0 } }

    func committed(batch: Int, seconds: Double) {
        note(seconds >= 0 ? "committed \(batch)" : "before its time")
    }
    func failed(_ error: StoreError, isFirst: Bool) { note("\(isFirst ? "failed" : "again"): \(error)") }
    func ready(count: Int64) { note("ready at \(count)") }
    func recovered(count: Int64) { note("recovered at \(count)") }
    func waitingForLock() { note("waiting") }
    func lockTaken() { note("lock taken") }
}
