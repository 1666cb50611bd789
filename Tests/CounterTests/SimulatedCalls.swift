import Glibc

@testable import Counter

/// The file calls on a ``SimulatedDisk``: records their order, tells of each before it is made, and lets any of them
/// fail, with its effect or without.
final class SimulatedCalls: FileCalls {
    let disk: SimulatedDisk
    private(set) var log: [String] = []
    /// Asked before each call; an error number makes it fail and do nothing.
    var fault: (String) -> Int32? = { _ in nil }
    /// Asked after each call that changes something; an error number makes it fail though it was done.
    var lateFault: (String) -> Int32? = { _ in nil }
    var lockIsHeldElsewhere = false
    private var descriptors: [Int32: String] = [:]
    private var numbers: [Int32: Int] = [:]
    private var nextDescriptor: Int32 = 3
    private(set) var modes: [Int: mode_t] = [:]

    init(_ disk: SimulatedDisk = SimulatedDisk()) { self.disk = disk }

    var openDescriptors: Int { descriptors.count }
    func forgetLog() { log = [] }

    /// The mode of the file that has this name.
    func mode(_ name: String) -> mode_t? { disk.names[name].flatMap { modes[$0] } }

    func setMode(_ name: String, _ mode: mode_t) { modes[disk.names[name]!] = mode }

    private func note(_ call: String) throws(Errno) {
        log.append(call)
        if let code = fault(call) { throw Errno(code) }
    }

    private func noteDone(_ call: String) throws(Errno) {
        if let code = lateFault(call) { throw Errno(code) }
    }

    private func name(_ path: String) -> String { String(path.split(separator: "/").last ?? "/") }

    func open(_ path: String, _ flags: Int32, mode: mode_t) throws(Errno) -> Int32 {
        let isDirectory = flags & O_DIRECTORY != 0
        let name = isDirectory ? "directory" : name(path)
        try note("open \(name)")
        if !isDirectory {
            if disk.names[name] == nil {
                guard flags & O_CREAT != 0 else { throw Errno(ENOENT) }
                modes[disk.create(name)] = mode
            } else if flags & O_EXCL != 0 {
                throw Errno(EEXIST)
            }
        }
        nextDescriptor += 1
        descriptors[nextDescriptor] = name
        if !isDirectory { numbers[nextDescriptor] = disk.names[name] }
        return nextDescriptor
    }

    func close(_ descriptor: Int32) {
        precondition(descriptors.removeValue(forKey: descriptor) != nil, "\(descriptor) was not open")
        numbers[descriptor] = nil
    }

    func readAll(_ descriptor: Int32, limit: Int) throws(Errno) -> [UInt8] {
        try note("read \(descriptors[descriptor]!)")
        return Array(disk.content(numbers[descriptor]!).prefix(limit))
    }

    func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) throws(Errno) {
        // What fails half-way has written something.
        disk.write(numbers[descriptor]!, bytes)
        try note("write")
    }

    func sync(_ descriptor: Int32) throws(Errno) {
        if let number = numbers[descriptor] { return try sync(number, "fsync") }
        do {
            try note("fsync directory")
        } catch {
            disk.failSyncDirectory()
            throw error
        }
        disk.syncDirectory()
        try noteDone("fsync directory")
    }

    func syncData(_ descriptor: Int32) throws(Errno) { try sync(numbers[descriptor]!, "fdatasync") }

    private func sync(_ number: Int, _ call: String) throws(Errno) {
        do {
            try note(call)
        } catch {
            disk.failSync(number)
            throw error
        }
        disk.sync(number)
        try noteDone(call)
    }

    func rename(_ old: String, to new: String, in directory: Int32) throws(Errno) {
        try note("rename")
        guard let number = disk.names[old] else { throw Errno(ENOENT) }
        disk.change([new: number, old: nil])
        try noteDone("rename")
    }

    func exchange(_ one: String, _ other: String, in directory: Int32) throws(Errno) {
        try note("exchange")
        guard let first = disk.names[one], let second = disk.names[other] else { throw Errno(ENOENT) }
        disk.change([one: second, other: first])
        try noteDone("exchange")
    }

    func unlink(_ name: String, in directory: Int32) throws(Errno) {
        try note("unlink")
        guard disk.names[name] != nil else { throw Errno(ENOENT) }
        disk.change([name: nil])
        try noteDone("unlink")
    }

    func setMode(_ descriptor: Int32, _ mode: mode_t) throws(Errno) {
        try note("fchmod")
        modes[numbers[descriptor]!] = mode
    }

    func status(_ descriptor: Int32) throws(Errno) -> stat {
        try note("fstat \(descriptors[descriptor]!)")
        return status(of: numbers[descriptor]!)
    }

    func status(_ name: String, in directory: Int32) throws(Errno) -> stat {
        try note("fstatat \(name)")
        guard let number = disk.names[name] else { throw Errno(ENOENT) }
        return status(of: number)
    }

    private func status(of number: Int) -> stat {
        var status = stat()
        status.st_ino = ino_t(number)
        status.st_mode = modes[number] ?? 0o600
        return status
    }

    func lock(_ descriptor: Int32, wait: Bool) throws(Errno) -> Bool {
        try note("flock")
        return !lockIsHeldElsewhere
    }

    func unlock(_ descriptor: Int32) { log.append("unlock") }
}
