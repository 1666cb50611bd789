import Glibc

/// Seconds on a clock that only goes forward (clock_gettime(2), CLOCK_MONOTONIC).
func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
