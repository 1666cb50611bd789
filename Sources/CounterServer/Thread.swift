import CLinux
import Glibc

/// A thread of the operating system (pthread_create(3)).
///
/// `@unchecked Sendable`: the identifier is written once, before anyone else can see it.
final class Thread: @unchecked Sendable {
    private var identifier = pthread_t()

    /// Starts `body` on a thread of its own.
    /// - Parameter name: up to 15 bytes, for ps(1) and debuggers.
    init(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Box(name: name, body: body))
        let status = pthread_create(
            &identifier, nil,
            { context in
                let box = Unmanaged<Box>.fromOpaque(context!).takeRetainedValue()
                pthread_setname_np(pthread_self(), box.name)
                box.body()
                return nil
            }, box.toOpaque())
        precondition(status == 0, "pthread_create: \(String(cString: strerror(status)))")
    }

    /// Waits until it has ended.
    func join() { pthread_join(identifier, nil) }

    private final class Box {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
