import Synchronization

/// What the loops of one server know of each other.
final class ServerState: Sendable {
    private let open = Atomic<Int>(0)
    private let taken = Atomic<Int>(0)
    private let accepting = Atomic<Int>(0)
    private let draining = Atomic<Bool>(false)
    private let places: Int

    /// - Parameter places: how many connections may be served at a time.
    init(places: Int) { self.places = places }

    /// Open connections of all loops, those among them that wait for a place.
    var openConnections: Int { open.load(ordering: .relaxed) }
    func countOpened() { open.wrappingAdd(1, ordering: .relaxed) }
    func countClosed() { open.wrappingSubtract(1, ordering: .relaxed) }

    func countListening() { accepting.wrappingAdd(1, ordering: .relaxed) }
    /// The last connection was counted before.
    func countStopped() { accepting.wrappingSubtract(1, ordering: .releasing) }

    /// Whether no connection is open, and none will be: one that waits to be accepted is not counted as open yet.
    var isDrained: Bool { accepting.load(ordering: .acquiring) == 0 && openConnections == 0 }

    var hasPlace: Bool { taken.load(ordering: .relaxed) < places }

    /// - Returns: false when all are taken.
    func takePlace() -> Bool {
        if taken.wrappingAdd(1, ordering: .relaxed).newValue <= places { return true }
        givePlaceBack()
        return false
    }

    func givePlaceBack() { taken.wrappingSubtract(1, ordering: .relaxed) }

    /// From now on every reply says `Connection: close`.
    var isDraining: Bool {
        get { draining.load(ordering: .relaxed) }
        set { draining.store(newValue, ordering: .relaxed) }
    }
}
