import Glibc

/// A system call that failed: its name and why.
public struct SystemError: Error, CustomStringConvertible, Sendable {
    public var call: String
    public var reason: String

    /// Takes the reason from `errno`: to be made right after the call.
    public init(_ call: String) {
        self.call = call
        self.reason = String(cString: strerror(errno))
    }

    public init(_ call: String, reason: String) {
        self.call = call
        self.reason = reason
    }

    public var description: String { "\(call): \(reason)" }
}
