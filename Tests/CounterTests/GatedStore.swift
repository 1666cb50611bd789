import Foundation

@testable import Counter

/// A store without a disk that can be told to fail and to stall. Its figures may be read from any thread.
final class GatedStore: @unchecked Sendable {
    /// What a test sets.
    struct Orders {
        /// While it is shut, whoever calls the store waits.
        var isOpen = true
        var failure: StoreError?
        /// Of reads alone; where it is nil, ``failure`` is not theirs.
        var readFailure: StoreError?
        var lockFailure: StoreError?
        var isLockHeldElsewhere = false
    }

    private let condition = NSCondition()
    private var orders = Orders()
    private var count: Int64
    private var additions: [Int64] = []
    private var looks = 0
    private var isInside = false
    private var closings = 0

    init(count: Int64 = 0) { self.count = count }

    private func locked<Result>(_ body: () -> Result) -> Result {
        condition.lock()
        defer {
            condition.broadcast()
            condition.unlock()
        }
        return body()
    }

    func order(_ change: (inout Orders) -> Void) { locked { change(&orders) } }
    func setCount(_ count: Int64) { locked { self.count = count } }
    /// How many each commit was asked to add, the trials left out.
    var batches: [Int64] { locked { additions.filter { $0 > 0 } } }
    var reads: Int { locked { looks } }
    var isBusy: Bool { locked { isInside } }
    var timesClosed: Int { locked { closings } }

    /// Waits at the gate.
    private func enter<Result>(_ body: (Orders) throws(StoreError) -> Result) throws(StoreError) -> Result {
        condition.lock()
        defer {
            isInside = false
            condition.broadcast()
            condition.unlock()
        }
        isInside = true
        condition.broadcast()
        while !orders.isOpen { condition.wait() }
        return try body(orders)
    }

    private func add(_ n: Int64) throws(StoreError) -> Addition {
        try enter { (orders) throws(StoreError) in
            if let failure = orders.failure { throw failure }
            additions.append(n)
            let added = min(n, Int64.max - count)
            count += added
            return Addition(count: count, added: added)
        }
    }

    private func read() throws(StoreError) -> Int64 {
        try enter { (orders) throws(StoreError) in
            if let failure = orders.readFailure { throw failure }
            looks += 1
            return count
        }
    }

    private func acquire() throws(StoreError) -> Bool {
        let orders = locked { self.orders }
        if let failure = orders.lockFailure { throw failure }
        return !orders.isLockHeldElsewhere
    }

    /// The face that the counter sees.
    struct Handle: CounterStore {
        let store: GatedStore
        let isExclusive: Bool
        mutating func acquire() throws(StoreError) -> Bool { try store.acquire() }
        mutating func add(_ n: Int64) throws(StoreError) -> Addition { try store.add(n) }
        mutating func read() throws(StoreError) -> Int64 { try store.read() }
        mutating func close() { store.locked { store.closings += 1 } }
    }
}
