import Synchronization

/// What a readiness probe is told.
public enum CounterCondition: Equatable, Sendable {
    case ready
    case unready(CounterError)

    /// Why not; nil when ready.
    public var error: CounterError? {
        switch self {
        case .ready: nil
        case .unready(let error): error
        }
    }
}

/// What the loops may know of the counter without asking its thread. Written by the counter's thread only.
final class CounterState: Sendable {
    enum Phase: UInt8, AtomicRepresentable {
        case starting, lockHeld, healthy, failing
    }

    let isExclusive: Bool
    private let stallSeconds: Double
    /// The last committed count; -1 until there is one.
    private let committed = Atomic<Int64>(-1)
    private let currentPhase = Atomic<Phase>(.starting)
    /// When the store was entered, as a bit pattern of seconds; 0 while it rests.
    private let enteredStore = Atomic<UInt64>(0)
    private let failure = Mutex<CounterError>(.starting)

    init(isExclusive: Bool, stallSeconds: Double) {
        self.isExclusive = isExclusive
        self.stallSeconds = stallSeconds
    }

    var phase: Phase { currentPhase.load(ordering: .acquiring) }
    func enter(_ phase: Phase) { currentPhase.store(phase, ordering: .releasing) }

    var lastFailure: CounterError {
        get { failure.withLock { $0 } }
        set { failure.withLock { $0 = newValue } }
    }

    /// Makes a committed count known. Before any of its POSTs is answered, so that whoever asks after such an
    /// answer sees at least that number.
    func publish(_ count: Int64) { committed.store(count, ordering: .releasing) }

    /// The committed count, where memory may answer for the store.
    var countInMemory: Int64? {
        guard isExclusive else { return nil }
        let count = lastKnownCount
        return count < 0 ? nil : count
    }

    var lastKnownCount: Int64 { committed.load(ordering: .acquiring) }

    func enterStore() { enteredStore.store(monotonicSeconds().bitPattern, ordering: .releasing) }
    func leaveStore() { enteredStore.store(0, ordering: .releasing) }

    /// For how long the call to the store that is under way has lasted; 0 when none is.
    var secondsInStore: Double {
        let entered = enteredStore.load(ordering: .acquiring)
        return entered == 0 ? 0 : monotonicSeconds() - Double(bitPattern: entered)
    }

    var holdsLock: Bool {
        switch phase {
        case .starting, .lockHeld: false
        case .healthy, .failing: isExclusive
        }
    }

    var isStalled: Bool { secondsInStore > stallSeconds }

    var condition: CounterCondition {
        switch phase {
        case .starting: .unready(lastFailure)
        case .lockHeld: .unready(.lockHeld)
        case .failing: .unready(lastFailure)
        case .healthy: isStalled ? .unready(.stalled) : .ready
        }
    }
}
