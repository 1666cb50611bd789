/// One event loop's access to the ``Counter``: remembers who waits, in order, and matches the answers to them.
///
/// Belongs to its loop: every call is made on that loop's thread. An answer is kept from ``increment(_:)`` or
/// ``read(_:)`` until it is called once, by ``collect()`` or ``expire(before:)``, or dropped with the client.
public final class CounterClient {
    /// What is called with the new count, or the count as read; or with why there is none.
    public typealias Answer = (Result<Int64, CounterError>) -> Void

    private struct Place {
        /// Nil once it was told that the store is stalled: its number, should it still come, is nobody's.
        var answer: Answer?
        var since: Double
    }

    private let mailbox: Condition<Mailbox>
    private let state: CounterState
    private let lane: Int
    private var increments = FIFO<Place>()
    private var reads = FIFO<Place>()
    /// How many of the waiting were not posted yet: a turn of the loop posts all of its own at once.
    private var unposted = (increments: 0, reads: 0)

    init(mailbox: Condition<Mailbox>, state: CounterState, lane: Int) {
        self.mailbox = mailbox
        self.state = state
        self.lane = lane
    }

    /// The count, where memory answers for the store (single-writer mode).
    public var countInMemory: Int64? { state.countInMemory }

    /// How many increments of this loop wait for their commit.
    public var waitingIncrements: Int { increments.count }

    /// Wants one more, to be posted by the next ``post()``.
    /// - Returns: why not, when it is known at once; `answer` is not kept then.
    public func increment(_ answer: @escaping Answer) -> CounterError? {
        if state.isStalled { return .stalled }
        increments.append(Place(answer: answer, since: monotonicSeconds()))
        unposted.increments += 1
        return nil
    }

    /// Wants to know the count as it is in the store, to be posted by the next ``post()``.
    /// - Returns: why not, when it is known at once; `answer` is not kept then.
    public func read(_ answer: @escaping Answer) -> CounterError? {
        if state.isStalled { return .stalled }
        reads.append(Place(answer: answer, since: monotonicSeconds()))
        unposted.reads += 1
        return nil
    }

    /// Hands over what gathered in this turn of the loop: one lock and at most one wake-up for all of it.
    public func post() {
        guard unposted != (0, 0) else { return }
        let isReady = mailbox.withLock { [unposted, lane] in
            $0.post(lane: lane, increments: unposted.increments, reads: unposted.reads)
            return $0.isReady
        }
        if isReady { mailbox.signal() }
        unposted = (0, 0)
    }

    /// Passes on what the counter has answered, in the order in which it was asked.
    public func collect() {
        for part in mailbox.withLock({ $0.collect(lane: lane) }) {
            for index in 0..<part.share.increments {
                increments.popFirst()?.answer?(Self.result(of: part, increment: index))
            }
            for _ in 0..<part.share.reads { reads.popFirst()?.answer?(part.count) }
        }
    }

    /// Gives up on those who have waited since before `time` (seconds, monotonic): the store is stalled.
    public func expire(before time: Double) {
        // All of them first: who is answered may come back at once.
        let late = Self.takeLate(&increments, before: time) + Self.takeLate(&reads, before: time)
        for answer in late { answer(.failure(.stalled)) }
    }

    private static func result(
        of part: Mailbox.Answer, increment index: Int
    ) -> Result<Int64, CounterError> {
        guard case .success = part.count else { return part.count }
        return index < part.granted ? .success(part.last + Int64(index) + 1) : .failure(.exhausted)
    }

    private static func takeLate(_ places: inout FIFO<Place>, before time: Double) -> [Answer] {
        var late: [Answer] = []
        for offset in 0..<places.count {
            // Those behind it came later.
            guard places[offset].since < time else { break }
            guard let answer = places[offset].answer else { continue }
            places[offset].answer = nil
            late.append(answer)
        }
        return late
    }
}
