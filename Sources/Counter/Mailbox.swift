/// What the loops want of the counter's thread, and what it has answered: numbers only, one lane a loop.
struct Mailbox {
    /// What one lane wants in a batch.
    struct Share {
        var lane: Int
        var increments: Int
        var reads: Int

        func refused(_ error: CounterError) -> Answer { answered(.failure(error), granted: 0) }

        func answered(
            _ count: Result<Int64, CounterError>, granted: Int, after last: Int64 = 0
        ) -> Answer {
            Answer(share: self, granted: granted, last: last, count: count)
        }
    }

    /// A lane's share of a batch, answered.
    struct Answer {
        var share: Share
        /// How many of the increments got a number; the rest met the maximum.
        var granted: Int
        /// The number before that of the first increment; theirs follow it without a gap.
        var last: Int64
        /// The count after the batch, which answers the reads; or why there is none.
        var count: Result<Int64, CounterError>
    }

    private struct Lane {
        var increments = 0
        var reads = 0
        var answers: [Answer] = []
        var wake: @Sendable () -> Void
    }

    private var lanes: [Lane] = []
    /// How many increments and reads wait to be taken.
    private(set) var waiting = 0
    /// How many must wait before the counter's thread is woken for them.
    var wanted = 1
    var isStopping = false

    /// Whether the counter's thread has a reason to go on.
    var isReady: Bool { isStopping || waiting >= wanted }

    mutating func addLane(wake: @escaping @Sendable () -> Void) -> Int {
        lanes.append(Lane(wake: wake))
        return lanes.count - 1
    }

    mutating func post(lane: Int, increments: Int, reads: Int) {
        lanes[lane].increments += increments
        lanes[lane].reads += reads
        waiting += increments + reads
    }

    /// All that waits, which the caller must answer.
    mutating func take() -> [Share] {
        waiting = 0
        var batch: [Share] = []
        for lane in lanes.indices where lanes[lane].increments + lanes[lane].reads > 0 {
            batch.append(Share(lane: lane, increments: lanes[lane].increments, reads: lanes[lane].reads))
            lanes[lane].increments = 0
            lanes[lane].reads = 0
        }
        return batch
    }

    /// Puts the answers where the loops collect them.
    /// - Returns: how to wake those loops that had nothing to collect so far: one wake-up a loop, however many
    ///   answers.
    mutating func deliver(_ answers: [Answer]) -> [@Sendable () -> Void] {
        var wakes: [@Sendable () -> Void] = []
        for answer in answers {
            if lanes[answer.share.lane].answers.isEmpty { wakes.append(lanes[answer.share.lane].wake) }
            lanes[answer.share.lane].answers.append(answer)
        }
        return wakes
    }

    mutating func collect(lane: Int) -> [Answer] {
        defer { lanes[lane].answers.removeAll() }
        return lanes[lane].answers
    }
}
