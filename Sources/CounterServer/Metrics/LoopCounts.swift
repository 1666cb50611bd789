import HTTPServer

/// A row of numbers that one thread counts up and any thread may read: a ``LoopCount`` can't be an array's element.
///
/// `@unchecked Sendable`: the pointer never changes, and what it points to is atomic.
struct LoopCounts: ~Copyable, @unchecked Sendable {
    private let cells: UnsafeMutablePointer<LoopCount>
    let count: Int

    init(_ count: Int) {
        self.count = count
        cells = .allocate(capacity: count)
        for index in 0..<count { (cells + index).initialize(to: LoopCount()) }
    }

    deinit {
        cells.deinitialize(count: count)
        cells.deallocate()
    }

    subscript(index: Int) -> Int { cells[index].count }

    /// Only from the thread that owns them.
    func add(_ n: Int = 1, at index: Int) { cells[index].add(n) }
}
