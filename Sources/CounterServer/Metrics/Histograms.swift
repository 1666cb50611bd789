/// Histograms of one kind, a row each: how many values fell between two bounds, and their sum. Written by one thread,
/// read by any, in whole units (nanoseconds, increments).
struct Histograms: ~Copyable, Sendable {
    /// The upper bounds of the buckets, in ascending order. A bucket without one follows.
    private let bounds: [Int]
    private let counts: LoopCounts
    private let sums: LoopCounts

    init(bounds: [Int], rows: Int = 1) {
        self.bounds = bounds
        counts = LoopCounts((bounds.count + 1) * rows)
        sums = LoopCounts(rows)
    }

    /// Only from the thread that owns them.
    func record(_ value: Int, row: Int = 0) {
        counts.add(at: row * (bounds.count + 1) + bucket(of: value))
        sums.add(value, at: row)
    }

    /// The first bucket whose bound is not below the value, by halves.
    private func bucket(of value: Int) -> Int {
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func snapshot(row: Int = 0) -> Snapshot {
        let first = row * (bounds.count + 1)
        return Snapshot(
            bounds: bounds, buckets: (0...bounds.count).map { counts[first + $0] }, sum: sums[row])
    }

    /// What one histogram had counted at some time; those of several threads add up.
    struct Snapshot {
        var bounds: [Int]
        var buckets: [Int]
        var sum: Int

        var count: Int { buckets.reduce(0, +) }

        static func + (one: Snapshot, other: Snapshot) -> Snapshot {
            Snapshot(
                bounds: one.bounds, buckets: zip(one.buckets, other.buckets).map(+), sum: one.sum + other.sum)
        }
    }
}

extension Histograms {
    /// 5 microseconds to 10 seconds: from a count answered from memory to a disk that hardly moves.
    static let durationBounds =
        [5, 10, 25, 50, 100, 250, 500].map { $0 * 1_000 }
        + [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000].map { $0 * 1_000_000 }
    /// One increment to more than all connections can have waiting.
    static let batchBounds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000]
}
