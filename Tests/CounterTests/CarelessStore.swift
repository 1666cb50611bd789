import Glibc

@testable import Counter

/// Replaces the counter file as one should but for one mistake, to show that ``PowerCuts`` finds it.
struct CarelessStore {
    enum Mistake: CaseIterable {
        case none
        /// Writes the new content into the counter file itself.
        case overwrites
        /// Syncs once more when a sync has failed, and takes the second answer for the truth.
        case syncsAgain
        /// Acknowledges though the directory's sync has failed.
        case forgivesTheDirectory
        /// Recycles the older file after the directory's sync has failed, though it may be the counter file still.
        case recyclesWhateverFailed

        /// What a power cut may come to, in the words of ``PowerCuts``.
        var consequence: String? {
            switch self {
            case .none: nil
            case .overwrites, .syncsAgain, .recyclesWhateverFailed: "not whole"
            case .forgivesTheDirectory: "lost"
            }
        }
    }

    private let mistake: Mistake
    private let calls: SimulatedCalls
    private let directory: Int32
    private var count: Int64 = 0

    init(_ mistake: Mistake, _ calls: SimulatedCalls) throws {
        self.mistake = mistake
        self.calls = calls
        directory = try calls.open("/tmp", O_RDONLY | O_DIRECTORY, mode: 0)
    }

    mutating func add() throws -> Int64 {
        if mistake == .overwrites {
            try write("counter.json")
        } else {
            if mistake != .recyclesWhateverFailed { try? calls.unlink("tmp", in: directory) }
            try write("tmp")
            try putInPlace()
        }
        do {
            try calls.sync(directory)
        } catch {
            guard mistake == .forgivesTheDirectory else { throw error }
        }
        count += 1
        return count
    }

    private func write(_ name: String) throws {
        let descriptor = try calls.open("/tmp/\(name)", O_RDWR | O_CREAT, mode: 0o600)
        defer { calls.close(descriptor) }
        try calls.writeAll(descriptor, CounterDocument.encode(count + 1))
        do {
            try calls.sync(descriptor)
        } catch {
            guard mistake == .syncsAgain else { throw error }
            try calls.sync(descriptor)
        }
    }

    private func putInPlace() throws {
        if mistake == .recyclesWhateverFailed, calls.disk.names["counter.json"] != nil {
            try calls.exchange("tmp", "counter.json", in: directory)
        } else {
            try calls.rename("tmp", to: "counter.json", in: directory)
        }
    }
}
