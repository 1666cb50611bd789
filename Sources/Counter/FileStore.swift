import Glibc

/// The count in a file, `{"counter": N}`, under a lock that other programs honour too.
///
/// The lock is flock(2) on a file beside it that is never replaced and never deleted: a lock on the counter file
/// itself would guard an inode that the next rename orphans.
public struct FileStore<Calls: FileCalls>: CounterStore {
    /// How processes share the file.
    public enum Mode: Sendable {
        /// The lock is taken once and held for life; the count is known from memory.
        case singleWriter
        /// The lock is taken for each commit and the file read under it: other processes count too.
        case shared
    }

    public let mode: Mode
    private let path: FilePaths
    private var calls: Calls
    private let directory: Int32
    private var lockDescriptor: Int32?
    private var replacement: FileReplacement
    /// The count as the disk has it; nil when that is not known: at first, and after anything failed.
    private var known: Int64?
    /// The highest count that this process has seen on disk. A file below it was tampered with or restored under
    /// a running server; counting on from there would hand numbers out twice.
    private var floor: Int64 = 0

    /// Opens the directory and reads the count once, without the lock: a replaced file is always whole.
    /// - Throws: `.directory` when the directory can't be used, `.corrupt` or `.read` for the file in it.
    public init(path: String, mode: Mode, calls: Calls) throws(StoreError) {
        self.mode = mode
        self.path = FilePaths(counter: path)
        self.calls = calls
        self.directory = try Self.open(self.path, with: &self.calls)
        self.replacement = FileReplacement(
            path: self.path, directory: directory, recycles: mode == .singleWriter)
        _ = try load()
    }

    private static func open(_ path: FilePaths, with calls: inout Calls) throws(StoreError) -> Int32 {
        do {
            let descriptor = try calls.open(path.directory, O_RDONLY | O_DIRECTORY, mode: 0)
            guard access(path.directory, W_OK | X_OK) == 0 else { throw Errno(errno) }
            return descriptor
        } catch {
            throw StoreError(
                .directory,
                "COUNTER_FILE: the directory \(path.directory) can't be used: \(error). "
                    + "It must exist and be writable for user \(geteuid()), group \(getegid())")
        }
    }

    public var isExclusive: Bool { mode == .singleWriter }

    public mutating func acquire() throws(StoreError) -> Bool {
        guard mode == .singleWriter else { return true }
        guard try lock(wait: false) else { return false }
        // What was read without the lock is old news: who held it may have counted on.
        known = nil
        return true
    }

    public mutating func add(_ n: Int64) throws(StoreError) -> Addition {
        try locked { (store) throws(StoreError) in
            let count = try store.count()
            let added = min(n, Int64.max - count)
            // Unknown until the new content is durable: whatever fails from here on, the disk is asked again.
            store.known = nil
            if added > 0 || n == 0 { try store.replacement.commit(count + added, with: &store.calls) }
            store.remember(count + added)
            return Addition(count: count + added, added: added)
        }
    }

    public mutating func read() throws(StoreError) -> Int64 {
        try locked { (store) throws(StoreError) in try store.count() }
    }

    public mutating func close() {
        replacement.close(with: &calls)
        if let lockDescriptor { calls.close(lockDescriptor) }
        lockDescriptor = nil
        calls.close(directory)
    }

    private mutating func count() throws(StoreError) -> Int64 {
        if let known { return known }
        return try load()
    }

    private mutating func remember(_ count: Int64) {
        floor = max(floor, count)
        known = mode == .singleWriter ? count : nil
    }

    /// Reads the file. Its absence is a count of 0, if nothing was ever seen in it.
    private mutating func load() throws(StoreError) -> Int64 {
        let count = try content() ?? 0
        if count < floor {
            throw StoreError(
                .corrupt,
                "\(path.counter) has \(count), though \(floor) was acknowledged: "
                    + "restore a count of at least that, or restart the server to accept the lower one")
        }
        remember(count)
        return count
    }

    private mutating func content() throws(StoreError) -> Int64? {
        let bytes: [UInt8]
        do throws(Errno) {
            let descriptor = try calls.open(path.counter, O_RDONLY | O_NONBLOCK, mode: 0)
            defer { calls.close(descriptor) }
            bytes = try calls.readAll(descriptor, limit: 65_536)
        } catch {
            if error.code == ENOENT { return nil }
            throw StoreError(.read, "\(path.counter) can't be read: \(error)")
        }
        if let count = CounterDocument.decode(bytes) { return count }
        throw StoreError(
            .corrupt,
            "\(path.counter) is not {\"counter\": N} with N from 0 to 9223372036854775807; it was left as it is: "
                + "restore it from a backup, or move it away to begin at 0")
    }
}

// The lock.
extension FileStore {
    /// Runs `body` under the lock: the one held for life, or one taken for this call.
    private mutating func locked<Result>(
        _ body: (inout Self) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        guard mode == .shared else { return try body(&self) }
        _ = try lock(wait: true)
        defer { if let lockDescriptor { calls.unlock(lockDescriptor) } }
        return try body(&self)
    }

    /// Takes the lock on the file that has the lock's name now: were it deleted and made anew since it was
    /// opened, two processes would each hold "the" lock.
    private mutating func lock(wait: Bool) throws(StoreError) -> Bool {
        do throws(Errno) {
            while true {
                let descriptor = try openLock()
                guard try calls.lock(descriptor, wait: wait) else { return false }
                if try isInPlace(descriptor) { return true }
                calls.close(descriptor)
                lockDescriptor = nil
            }
        } catch {
            // The descriptor may be what is wrong (a lease that was lost, on NFS): begin with a new one.
            if let lockDescriptor { calls.close(lockDescriptor) }
            lockDescriptor = nil
            throw StoreError(.lock, "the lock \(path.lock) can't be taken: \(error)")
        }
    }

    private mutating func openLock() throws(Errno) -> Int32 {
        if let lockDescriptor { return lockDescriptor }
        let descriptor = try calls.open(path.lock, O_RDWR | O_CREAT, mode: 0o600)
        lockDescriptor = descriptor
        return descriptor
    }

    private mutating func isInPlace(_ descriptor: Int32) throws(Errno) -> Bool {
        let held = try calls.status(descriptor)
        do {
            let named = try calls.status(path.lockName, in: directory)
            return held.st_ino == named.st_ino && held.st_dev == named.st_dev
        } catch {
            if error.code == ENOENT { return false }
            throw error
        }
    }
}
