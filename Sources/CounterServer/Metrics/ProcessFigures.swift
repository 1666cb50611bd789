import FoundationEssentials
import Glibc

/// What the kernel says of this process (proc(5)), as Prometheus' own clients name it. Nothing here waits for a disk.
struct ProcessFigures {
    var processorSeconds = 0.0
    var residentBytes = 0
    var virtualBytes = 0
    /// In seconds since 1970.
    var startTime = 0.0
    var openDescriptors = 0
    /// Nil where there is no limit.
    var maxDescriptors: Int?

    /// Nil where /proc can't be read.
    static func read() -> ProcessFigures? {
        guard let stat = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            let boot = try? String(contentsOfFile: "/proc/stat", encoding: .utf8)
        else { return nil }
        var figures = ProcessFigures(stat: stat, boot: boot)
        figures?.openDescriptors = countDescriptors()
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        figures?.maxDescriptors = Int(exactly: limit.rlim_cur)
        return figures
    }

    /// - Parameters:
    ///   - stat: /proc/self/stat. The program's name, in parentheses, may contain blanks and parentheses.
    ///   - boot: /proc/stat, where the line `btime` has the time of the system's start.
    init?(stat: String, boot: String) {
        guard let end = stat.lastIndex(of: ")") else { return nil }
        // The third field of proc_pid_stat(5) comes first here.
        let fields = stat[end...].split(separator: " ").dropFirst().map { Double($0) }
        let booted = boot.split(separator: "\n").first { $0.hasPrefix("btime ") }.flatMap {
            Double($0.dropFirst(6))
        }
        guard fields.count > 21, let booted, let user = fields[11], let system = fields[12],
            let started = fields[19], let virtual = fields[20], let resident = fields[21]
        else { return nil }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        processorSeconds = (user + system) / ticks
        startTime = booted + started / ticks
        virtualBytes = Int(virtual)
        residentBytes = Int(resident) * sysconf(Int32(_SC_PAGESIZE))
    }

    private static func countDescriptors() -> Int {
        guard let directory = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // Without ".", ".." and the directory itself.
        return count - 3
    }
}

extension Exposition {
    mutating func process(_ figures: ProcessFigures) {
        family("process_cpu_seconds", .counter, "User and system time spent, in seconds.")
        sample(figures.processorSeconds)
        family("process_open_fds", .gauge, "Open file descriptors.")
        sample(figures.openDescriptors)
        family("process_max_fds", .gauge, "File descriptors that may be open at most.")
        if let limit = figures.maxDescriptors { sample(limit) }
        family("process_resident_memory_bytes", .gauge, "Memory in use, in bytes.")
        sample(figures.residentBytes)
        family("process_virtual_memory_bytes", .gauge, "Address space reserved, in bytes.")
        sample(figures.virtualBytes)
        family("process_start_time_seconds", .gauge, "When the process started, in seconds since 1970.")
        sample(figures.startTime)
    }
}
