/// Where a count is kept. Written as plain blocking code: only the counter's own thread calls it, so a store
/// on a file, on Redis or on a database is the same few lines, and every one of them gets group commit.
public protocol CounterStore: SendableMetatype {
    /// Whether this process alone writes the count while it holds the lock, so that memory may answer reads.
    var isExclusive: Bool { get }

    /// Tries once, without waiting, to become a process that may write.
    /// - Returns: false while another process holds the lock. Called again until it is true, then never.
    /// - Throws: what is wrong with the lock or the store.
    mutating func acquire() throws(StoreError) -> Bool

    /// Adds `n` to the count, or as many of `n` as fit below `Int64.max`, and returns once that is durable.
    /// - Parameter n: how many; 0 proves that the store can commit.
    /// - Returns: the new count, and how many were added.
    /// - Throws: nothing is acknowledged then; the addition may or may not have happened. The next call finds
    ///   out which before it adds.
    mutating func add(_ n: Int64) throws(StoreError) -> Addition

    /// The count as it is in the store now.
    mutating func read() throws(StoreError) -> Int64

    /// Leaves the store tidy, and the lock to the next. Called once, last.
    mutating func close()
}

/// What an ``CounterStore/add(_:)`` came to.
public struct Addition: Equatable, Sendable {
    /// The count after the addition.
    public var count: Int64
    /// How many were added: fewer than were asked for only when the count reached its maximum.
    public var added: Int64

    public init(count: Int64, added: Int64) {
        self.count = count
        self.added = added
    }
}

/// Why a store did not do what it was asked to.
public struct StoreError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The step that failed: the label of a metric, and what decides the exit status at start.
    public enum Kind: String, CaseIterable, Sendable {
        /// The directory is missing or may not be used.
        case directory
        case lock
        case read
        /// The content can't be understood, or is below a count that was already acknowledged.
        case corrupt
        case write
        case sync
        case rename
    }

    public var kind: Kind
    /// One line that names the file and says what to do where that is not obvious.
    public var description: String

    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
