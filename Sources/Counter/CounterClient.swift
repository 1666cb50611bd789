/// One event loop's access to the ``Counter``: remembers who waits, in order, and matches the answers to them.
///
/// Belongs to its loop: every call is made on that loop's thread. A waiter is whatever the caller needs to
/// answer later; it is kept from ``increment(_:)`` or ``read(_:)`` until it is handed back once, by
/// ``collect(_:)`` or ``expire(before:_:)``.
public final class CounterClient<Waiter, Store: CounterStore> {
    private struct Place {
        /// Nil once the waiter was told that the store is stalled: its number, should it still come, is nobody's.
        var waiter: Waiter?
        var since: Double
    }

    private let counter: Counter<Store>
    private let lane: Int
    private var increments = FIFO<Place>()
    private var reads = FIFO<Place>()
    /// How many of the waiting were not posted yet: a turn of the loop posts all of its own at once.
    private var unposted = (increments: 0, reads: 0)

    init(counter: Counter<Store>, lane: Int) {
        self.counter = counter
        self.lane = lane
    }

    /// The count, where memory answers for the store (single-writer mode).
    public var countInMemory: Int64? { counter.shared.countInMemory }

    /// How many increments of this loop wait for their commit.
    public var waitingIncrements: Int { increments.count }

    /// Wants one more, to be posted by the next ``post()``.
    /// - Returns: why not, when it is known at once; the waiter is not kept then.
    public func increment(_ waiter: Waiter) -> CounterError? {
        if counter.shared.isStalled { return .stalled }
        increments.append(Place(waiter: waiter, since: monotonicSeconds()))
        unposted.increments += 1
        return nil
    }

    /// Wants to know the count as it is in the store, to be posted by the next ``post()``.
    /// - Returns: why not, when it is known at once; the waiter is not kept then.
    public func read(_ waiter: Waiter) -> CounterError? {
        if counter.shared.isStalled { return .stalled }
        reads.append(Place(waiter: waiter, since: monotonicSeconds()))
        unposted.reads += 1
        return nil
    }

    /// Hands over what gathered in this turn of the loop: one lock and at most one wake-up for all of it.
    public func post() {
        guard unposted != (0, 0) else { return }
        let isReady = counter.mailbox.withLock { [unposted, lane] in
            $0.post(lane: lane, increments: unposted.increments, reads: unposted.reads)
            return $0.isReady
        }
        if isReady { counter.mailbox.signal() }
        unposted = (0, 0)
    }

    /// Takes the answers that have come and gives each to its waiter, in the order in which they asked.
    public func collect(_ answer: (Waiter, Result<Int64, CounterError>) -> Void) {
        for part in counter.mailbox.withLock({ $0.collect(lane: lane) }) {
            for index in 0..<part.share.increments {
                guard let waiter = increments.popFirst()?.waiter else { continue }
                answer(waiter, Self.result(of: part, increment: index))
            }
            for _ in 0..<part.share.reads {
                guard let waiter = reads.popFirst()?.waiter else { continue }
                answer(waiter, part.count)
            }
        }
    }

    /// Gives up on those who have waited since before `time` (seconds, monotonic): the store is stalled.
    public func expire(before time: Double, _ giveUp: (Waiter) -> Void) {
        Self.expire(&increments, before: time, giveUp)
        Self.expire(&reads, before: time, giveUp)
    }

    private static func result(
        of part: Mailbox.Answer, increment index: Int
    ) -> Result<Int64, CounterError> {
        guard case .success = part.count else { return part.count }
        return index < part.granted ? .success(part.last + Int64(index) + 1) : .failure(.exhausted)
    }

    private static func expire(
        _ places: inout FIFO<Place>, before time: Double, _ giveUp: (Waiter) -> Void
    ) {
        for offset in 0..<places.count {
            guard places[offset].since < time else { return }
            guard let waiter = places[offset].waiter else { continue }
            places[offset].waiter = nil
            giveUp(waiter)
        }
    }
}
