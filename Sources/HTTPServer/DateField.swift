import Glibc

/// The `Date` field (RFC 9110, section 6.6.1), formatted once a second: evhttp formats it for each reply.
struct DateField {
    /// `Date: Sun, 06 Nov 1994 08:49:37 GMT` and CRLF.
    private(set) var bytes: [UInt8] = []
    private var second = 0

    /// Brings the field up to date; the coarse clock is a few nanoseconds and a system call is not made.
    /// - Returns: whether it has changed.
    mutating func refresh() -> Bool {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &now)
        guard now.tv_sec != second else { return false }
        format(now.tv_sec)
        return true
    }

    mutating func format(_ time: Int) {
        second = time
        var calendar = tm()
        var time = time
        gmtime_r(&time, &calendar)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int32) -> String { (number < 10 ? "0" : "") + String(number) }
        let date = "\(days[Int(calendar.tm_wday)]), \(two(calendar.tm_mday)) \(months[Int(calendar.tm_mon)])"
        let clock = "\(two(calendar.tm_hour)):\(two(calendar.tm_min)):\(two(calendar.tm_sec))"
        bytes = Array("Date: \(date) \(calendar.tm_year + 1900) \(clock) GMT\r\n".utf8)
    }
}
