import Synchronization

/// What the loops of one server know of each other.
final class ServerState: Sendable {
    private let open = Atomic<Int>(0)
    private let draining = Atomic<Bool>(false)

    /// Open connections of all loops.
    var openConnections: Int { open.load(ordering: .relaxed) }
    /// - Returns: how many are open now.
    func countOpened() -> Int { open.wrappingAdd(1, ordering: .relaxed).newValue }
    func countClosed() { open.wrappingSubtract(1, ordering: .relaxed) }

    /// From now on every reply says `Connection: close`.
    var isDraining: Bool {
        get { draining.load(ordering: .relaxed) }
        set { draining.store(newValue, ordering: .relaxed) }
    }
}
