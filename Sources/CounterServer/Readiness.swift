import Counter
import Synchronization

/// Whether requests should be sent here: what `/readyz` answers.
final class Readiness: Sendable {
    private let draining = Atomic<Bool>(false)
    private let condition: @Sendable () -> CounterCondition

    init(_ condition: @escaping @Sendable () -> CounterCondition) {
        self.condition = condition
    }

    func beginDraining() { draining.store(true, ordering: .relaxed) }

    /// Why not; nil when ready.
    var reason: String? {
        if draining.load(ordering: .relaxed) { return "draining" }
        return switch condition() {
        case .ready: nil
        case .unready(.starting): "starting"
        case .unready(.lockHeld): "lock held"
        case .unready(.storeFailing), .unready(.exhausted): "store failing"
        case .unready(.stalled): "store stalled"
        }
    }
}
