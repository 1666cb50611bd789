import CLinux
import Glibc

/// The system calls of the file store, one to one: the seam at which a test records their order or makes one
/// of them fail. Every call retries EINTR and throws the errno that is left.
public protocol FileCalls {
    /// open(2)
    mutating func open(_ path: String, _ flags: Int32, mode: mode_t) throws(Errno) -> Int32
    /// close(2); an error has nothing left to lose, since what must be on disk was synced before.
    mutating func close(_ descriptor: Int32)
    /// read(2) to the end, but no more than `limit` bytes.
    mutating func readAll(_ descriptor: Int32, limit: Int) throws(Errno) -> [UInt8]
    /// pwrite(2) from offset 0 until all bytes are written.
    mutating func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) throws(Errno)
    /// fsync(2): content and metadata.
    mutating func sync(_ descriptor: Int32) throws(Errno)
    /// fdatasync(2): content, and what of the metadata is needed to find it.
    mutating func syncData(_ descriptor: Int32) throws(Errno)
    /// renameat(2) within a directory.
    mutating func rename(_ old: String, to new: String, in directory: Int32) throws(Errno)
    /// renameat2(2) with RENAME_EXCHANGE: the two names change places, atomically.
    mutating func exchange(_ one: String, _ other: String, in directory: Int32) throws(Errno)
    /// unlinkat(2)
    mutating func unlink(_ name: String, in directory: Int32) throws(Errno)
    /// fchmod(2)
    mutating func setMode(_ descriptor: Int32, _ mode: mode_t) throws(Errno)
    /// fstat(2)
    mutating func status(_ descriptor: Int32) throws(Errno) -> stat
    /// fstatat(2)
    mutating func status(_ name: String, in directory: Int32) throws(Errno) -> stat
    /// flock(2), LOCK_EX.
    /// - Returns: false where `wait` is false and another process holds the lock.
    mutating func lock(_ descriptor: Int32, wait: Bool) throws(Errno) -> Bool
    /// flock(2), LOCK_UN.
    mutating func unlock(_ descriptor: Int32)
}

/// An error number of the operating system (errno(3)).
public struct Errno: Error, Equatable, Sendable, CustomStringConvertible {
    public var code: Int32
    public init(_ code: Int32) { self.code = code }
    public var description: String { String(cString: strerror(code)) }
}

/// The real calls.
public struct LinuxFileCalls: FileCalls {
    public init() {}

    /// The only loop over EINTR. EBADF and EFAULT are errors of ours and not of the world: they end the program.
    @discardableResult
    private func check(_ body: () -> Int) throws(Errno) -> Int {
        while true {
            let result = body()
            if result >= 0 { return result }
            let code = errno
            precondition(code != EBADF && code != EFAULT, "a file call was made with a bad argument")
            if code != EINTR { throw Errno(code) }
        }
    }

    public func open(_ path: String, _ flags: Int32, mode: mode_t) throws(Errno) -> Int32 {
        Int32(try check { Int(Glibc.open(path, flags | O_CLOEXEC, mode)) })
    }

    public func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

    public func readAll(_ descriptor: Int32, limit: Int) throws(Errno) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 512)
        while bytes.count < limit {
            let count = try check { Glibc.read(descriptor, &chunk, min(chunk.count, limit - bytes.count)) }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return bytes
    }

    public func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) throws(Errno) {
        var written = 0
        while written < bytes.count {
            written += try check {
                bytes.withUnsafeBytes {
                    pwrite(descriptor, $0.baseAddress! + written, bytes.count - written, written)
                }
            }
        }
    }

    public func sync(_ descriptor: Int32) throws(Errno) { try check { Int(fsync(descriptor)) } }

    public func syncData(_ descriptor: Int32) throws(Errno) { try check { Int(fdatasync(descriptor)) } }

    public func rename(_ old: String, to new: String, in directory: Int32) throws(Errno) {
        try check { Int(renameat(directory, old, directory, new)) }
    }

    public func exchange(_ one: String, _ other: String, in directory: Int32) throws(Errno) {
        try check { Int(renameat2(directory, one, directory, other, CLINUX_RENAME_EXCHANGE)) }
    }

    public func unlink(_ name: String, in directory: Int32) throws(Errno) {
        try check { Int(unlinkat(directory, name, 0)) }
    }

    public func setMode(_ descriptor: Int32, _ mode: mode_t) throws(Errno) {
        try check { Int(fchmod(descriptor, mode)) }
    }

    public func status(_ descriptor: Int32) throws(Errno) -> stat {
        var status = stat()
        try check { Int(fstat(descriptor, &status)) }
        return status
    }

    public func status(_ name: String, in directory: Int32) throws(Errno) -> stat {
        var status = stat()
        try check { Int(fstatat(directory, name, &status, 0)) }
        return status
    }

    public func lock(_ descriptor: Int32, wait: Bool) throws(Errno) -> Bool {
        do {
            try check { Int(flock(descriptor, LOCK_EX | (wait ? 0 : LOCK_NB))) }
            return true
        } catch {
            if error.code == EWOULDBLOCK { return false }
            throw error
        }
    }

    public func unlock(_ descriptor: Int32) { _ = flock(descriptor, LOCK_UN) }
}
