import Glibc

@testable import Counter

/// A file system that knows what of it would survive a power cut, and can be asked for every state that a cut at
/// this moment may leave.
///
/// Content is durable from a sync of its file on; written and not synced, it may be found old, new, torn or gone.
/// Changes of names are atomic each, and durable from a sync of the directory on; before that any of them may have
/// reached the disk, in any order that leaves out some.
final class SimulatedDisk {
    struct File {
        var content: [UInt8] = []
        /// What may be found after a cut.
        var durable: Set<[UInt8]> = [[]]
    }

    /// A change of names: what each of them stands for afterwards, by file number.
    typealias NameChange = [String: Int?]

    /// What goes wrong on purpose, to show that the check finds it.
    enum Flaw { case none, contentIsNotSynced, directoryIsNotSynced }

    var files: [Int: File] = [:]
    var names: [String: Int] = [:]
    private var durableNames: [String: Int] = [:]
    private var unsynced: [NameChange] = []
    private let flaw: Flaw

    init(_ flaw: Flaw = .none) { self.flaw = flaw }

    func create(_ name: String) -> Int {
        let number = files.count
        files[number] = File()
        change([name: number])
        return number
    }

    func change(_ change: NameChange) {
        for (name, number) in change { names[name] = number }
        unsynced.append(change)
    }

    func write(_ number: Int, _ bytes: [UInt8]) {
        let old = files[number]!.content
        files[number]!.content = bytes
        let torn = Array(bytes.prefix(bytes.count / 2)) + old.dropFirst(bytes.count / 2)
        files[number]!.durable.formUnion([bytes, torn, []])
    }

    func sync(_ number: Int) {
        guard flaw != .contentIsNotSynced else { return }
        files[number]!.durable = [files[number]!.content]
    }

    func syncDirectory() {
        guard flaw != .directoryIsNotSynced else { return }
        durableNames = names
        unsynced = []
    }

    /// Every content that may be found under `name` after a power cut now; nil for no such file.
    func contentsAfterCut(_ name: String) -> Set<[UInt8]?> {
        var found: Set<[UInt8]?> = []
        for subset in 0..<(1 << unsynced.count) {
            var names = durableNames
            for (index, change) in unsynced.enumerated() where subset & (1 << index) != 0 {
                for (name, number) in change { names[name] = number }
            }
            if let number = names[name] {
                for content in files[number]!.durable { found.insert(content) }
            } else {
                found.insert(nil)
            }
        }
        return found
    }
}

/// The file calls on a ``SimulatedDisk``: records their order, tells of each before it is made, and lets any of them fail.
final class SimulatedCalls: FileCalls {
    let disk: SimulatedDisk
    private(set) var log: [String] = []
    /// Asked before each call; an error number makes it fail.
    var fault: (String) -> Int32? = { _ in nil }
    var lockIsHeldElsewhere = false
    private var descriptors: [Int32: String] = [:]
    private var numbers: [Int32: Int] = [:]
    private var nextDescriptor: Int32 = 3
    private(set) var modes: [Int: mode_t] = [:]

    init(_ disk: SimulatedDisk = SimulatedDisk()) { self.disk = disk }

    var openDescriptors: Int { descriptors.count }
    func forgetLog() { log = [] }

    func give(_ number: Int, mode: mode_t) { modes[number] = mode }

    private func note(_ call: String) throws(Errno) {
        log.append(call)
        if let code = fault(call) { throw Errno(code) }
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
        return disk.files[numbers[descriptor]!]!.content
    }

    func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) throws(Errno) {
        // What fails half-way has written something.
        disk.write(numbers[descriptor]!, bytes)
        try note("write")
    }

    func sync(_ descriptor: Int32) throws(Errno) {
        guard let number = numbers[descriptor] else {
            try note("fsync directory")
            return disk.syncDirectory()
        }
        try note("fsync")
        disk.sync(number)
    }

    func syncData(_ descriptor: Int32) throws(Errno) {
        try note("fdatasync")
        disk.sync(numbers[descriptor]!)
    }

    func rename(_ old: String, to new: String, in directory: Int32) throws(Errno) {
        try note("rename")
        disk.change([new: disk.names[old]!, old: nil])
    }

    func exchange(_ one: String, _ other: String, in directory: Int32) throws(Errno) {
        try note("exchange")
        disk.change([one: disk.names[other]!, other: disk.names[one]!])
    }

    func unlink(_ name: String, in directory: Int32) throws(Errno) {
        try note("unlink")
        guard disk.names[name] != nil else { throw Errno(ENOENT) }
        disk.change([name: nil])
    }

    func setMode(_ descriptor: Int32, _ mode: mode_t) throws(Errno) {
        try note("fchmod")
        modes[numbers[descriptor]!] = mode
    }

    func status(_ descriptor: Int32) throws(Errno) -> stat { status(of: numbers[descriptor]!) }

    func status(_ name: String, in directory: Int32) throws(Errno) -> stat {
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
