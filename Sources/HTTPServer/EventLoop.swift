import CLibevent
import CLinux
import Glibc
import Synchronization

/// One libevent loop and what runs on it. Everything that belongs to a loop is touched on its thread only;
/// ``execute(_:)`` is the one way in from outside.
///
/// libevent's own locks (`evthread_use_pthreads`) stay off: no other thread ever calls into this base, and a lock
/// taken and released ten times a request is not free.
///
/// `@unchecked Sendable`: `base` and the events are used by the loop's thread alone, from ``run()`` on; `inbox` is
/// a mutex, and write(2) to an eventfd is atomic.
public final class EventLoop: @unchecked Sendable {
    let base: OpaquePointer
    private let wakeDescriptor: Int32
    private let inbox = Mutex<[@Sendable () -> Void]>([])
    private var events: [LoopEvent] = []
    /// What cannot wait for the end of a turn that may take in hundreds of requests: called between its pieces.
    var urgentWork: (() -> Void)?
    private var pieces = 0

    /// libevent's memory comes from malloc(3) even where it would call calloc(3), which in glibc 2.36 passes by the
    /// thread's cache: told of an allocator, be it the same one, libevent clears the memory itself. A tenth of a GET's
    /// instructions.
    private static let allocator: Void = event_set_mem_functions(malloc, realloc, free)

    /// - Throws: ``SystemError`` when the system has no descriptor left for it.
    public init() throws(SystemError) {
        _ = Self.allocator
        guard let configuration = event_config_new() else { throw SystemError("event_config_new") }
        defer { event_config_free(configuration) }
        // Turns that del and add one descriptor cost no epoll_ctl then: 45,000 requests/s instead of 37,000.
        // It demands that no registered descriptor is ever dup'ed.
        event_config_set_flag(configuration, Int32(EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST.rawValue))
        event_config_set_flag(configuration, Int32(EVENT_BASE_FLAG_NOLOCK.rawValue))
        guard let base = event_base_new_with_config(configuration) else {
            throw SystemError("event_base_new")
        }
        self.base = base
        wakeDescriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        guard wakeDescriptor >= 0 else {
            event_base_free(base)
            throw SystemError("eventfd")
        }
        // Edge-triggered: each write is news by itself, so that nobody has to read the count away.
        add(
            LoopEvent(base, wakeDescriptor, Int16(EV_READ | EV_PERSIST) | Int16(EV_ET)) { [unowned self] in
                runInbox()
            })
    }

    deinit {
        events.removeAll()
        event_base_free(base)
        close(wakeDescriptor)
    }

    /// Runs the loop on the calling thread until ``stop()``. Once.
    public func run() {
        event_base_loop(base, EVLOOP_NO_EXIT_ON_EMPTY)
    }

    /// Makes ``run()`` return after the turn that is under way. Any thread.
    public func stop() {
        execute { [self] in event_base_loopbreak(base) }
    }

    /// Runs `task` on the loop's thread, in the order of the calls. Any thread.
    public func execute(_ task: @escaping @Sendable () -> Void) {
        let wasEmpty = inbox.withLock { inbox in
            defer { inbox.append(task) }
            return inbox.isEmpty
        }
        guard wasEmpty else { return }
        var one: UInt64 = 1
        _ = write(wakeDescriptor, &one, 8)
    }

    private func runInbox() {
        let tasks = inbox.withLock { inbox in
            defer { inbox = [] }
            return inbox
        }
        for task in tasks { task() }
    }

    /// To be called after each piece of work, of which a turn may have hundreds: now and then it does what cannot
    /// wait for the last of them. On the loop.
    public func breathe() {
        pieces += 1
        guard pieces >= Self.piecesAtOnce else { return }
        pieces = 0
        urgentWork?()
    }

    /// A piece takes 5 µs or so; a look for urgent work, 0.3 µs for each connection that probes.
    private static let piecesAtOnce = 16

    /// Calls `body` every `seconds` from now on, as long as the loop lives. Before ``run()``, or on the loop.
    public func every(_ seconds: Double, _ body: @escaping () -> Void) {
        let timer = LoopEvent(base, -1, Int16(EV_PERSIST), body)
        timer.schedule(after: seconds)
        events.append(timer)
    }

    /// Calls `body` once, `seconds` from now; 0 is the end of the next turn's events. On the loop.
    public func after(_ seconds: Double, _ body: @escaping () -> Void) {
        let timer = LoopEvent(base, -1, 0, body)
        timer.schedule(after: seconds)
        events.append(timer)
    }

    /// Something to be done at the end of a turn, after all that the turn's events brought: many of a kind at
    /// once instead of one by one. Before ``run()``, or on the loop.
    public func atEndOfTurn(_ body: @escaping () -> Void) -> EndOfTurn {
        let end = EndOfTurn(LoopEvent(base, -1, 0, body))
        events.append(end.event)
        return end
    }

    private func add(_ event: LoopEvent) {
        event.watch()
        events.append(event)
    }
}

/// See ``EventLoop/atEndOfTurn(_:)``. Belongs to its loop.
public struct EndOfTurn {
    let event: LoopEvent

    init(_ event: LoopEvent) { self.event = event }

    /// Asks for the work to be done at the end of this turn. Asking again changes nothing.
    public func request() { event.activate() }
}

/// A libevent `event` whose callback is a closure. Owned by its loop, freed before the base is.
final class LoopEvent {
    private var event: OpaquePointer?
    private let body: () -> Void
    private var isActive = false

    /// - Parameters:
    ///   - descriptor: what to watch, or -1 for a timer or for ``activate()`` alone.
    ///   - what: `EV_READ` and the like (event2/event.h).
    init(_ base: OpaquePointer, _ descriptor: Int32, _ what: Int16, _ body: @escaping () -> Void) {
        self.body = body
        event = event_new(
            base, descriptor, what,
            { _, _, context in
                let event = Unmanaged<LoopEvent>.fromOpaque(context!).takeUnretainedValue()
                event.isActive = false
                event.body()
            }, Unmanaged.passUnretained(self).toOpaque())
        precondition(event != nil, "event_new: out of memory")
    }

    deinit {
        event_free(event)
    }

    func watch() { event_add(event, nil) }

    func schedule(after seconds: Double) {
        var time = timeval(tv_sec: Int(seconds), tv_usec: Int((seconds - seconds.rounded(.down)) * 1e6))
        event_add(event, &time)
    }

    /// Puts the event behind those that are due in this turn.
    func activate() {
        guard !isActive else { return }
        isActive = true
        event_active(event, Int32(EV_TIMEOUT), 0)
    }
}
