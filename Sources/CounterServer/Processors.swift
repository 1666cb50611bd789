import FoundationEssentials

/// How many processors there are for this process.
enum Processors {
    /// Those it may be scheduled on (sched_getaffinity(2)), and no more than its control group's share: in a pod with
    /// a limit of one processor, 64 loops on a machine of 64 would only get in each other's way.
    static var available: Int {
        let scheduled = ProcessInfo.processInfo.activeProcessorCount
        let quota = (try? String(contentsOfFile: "/sys/fs/cgroup/cpu.max", encoding: .utf8)).flatMap(limit)
        return max(1, min(scheduled, quota ?? scheduled))
    }

    /// Reads cgroup v2's `cpu.max`: microseconds of processor time a period, or `max`; and the period.
    static func limit(cpuMax: String) -> Int? {
        let parts = cpuMax.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        guard parts.count == 2, parts[1] > 0 else { return nil }
        return max(1, Int((parts[0] / parts[1]).rounded(.up)))
    }
}
