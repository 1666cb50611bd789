import Glibc

/// SIGTERM and SIGINT, taken one at a time by the thread that waits for them (sigtimedwait(2)) and never by a handler.
struct Signals {
    private var set = sigset_t()

    /// Blocks both in the calling thread and all that it starts from now on.
    init() {
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// - Returns: the signal's number.
    mutating func wait() -> Int32 {
        var number: Int32 = 0
        while sigwait(&set, &number) != 0 {}
        return number
    }

    /// - Returns: the signal's number; nil when none came for so many seconds.
    mutating func wait(upTo seconds: Double) -> Int32? {
        var time = timespec()
        time.tv_sec = Int(seconds)
        time.tv_nsec = Int((seconds - seconds.rounded(.down)) * 1e9)
        let number = sigtimedwait(&set, nil, &time)
        return number > 0 ? number : nil
    }
}
