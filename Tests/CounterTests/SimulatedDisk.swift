/// A file system that knows what of it would survive a power cut, and can be asked for every state that a cut at
/// this moment may leave.
///
/// Content is durable from a sync of its file on; written and not synced, it may be found old, new, torn or gone.
/// Changes of names are atomic each, and durable from a sync of the directory on; before that any of them may have
/// reached the disk, in any order that leaves out some. What was not durable when a sync failed stays in doubt: the
/// next sync succeeds and tells nothing of it, as on Linux, where the pages count as clean by then.
final class SimulatedDisk {
    struct File {
        var content: [UInt8] = []
        /// What may be found after a cut.
        var durable: Set<[UInt8]> = [[]]
        /// Whether the next sync writes anything.
        var isDirty = true
    }

    /// A change of names: what each of them stands for afterwards, by file number.
    struct NameChange {
        var names: [String: Int?]
        /// A sync that should have made it durable has failed.
        var isDoubtful = false
    }

    typealias Names = [String: Int]
    /// What a cut may leave: contents by name.
    typealias State = [String: [UInt8]]

    /// What goes wrong on purpose, to show that the check finds it.
    enum Flaw { case none, contentIsNotSynced, directoryIsNotSynced }

    private(set) var files: [Int: File] = [:]
    private(set) var names: Names = [:]
    private var durableNames: Set<Names> = [[:]]
    private var unsynced: [NameChange] = []
    private let flaw: Flaw

    init(_ flaw: Flaw = .none) { self.flaw = flaw }

    /// A disk as it is found after a cut: all that there is, is durable.
    init(_ state: State) {
        flaw = .none
        for (number, (name, content)) in state.enumerated() {
            files[number] = File(content: content, durable: [content], isDirty: false)
            names[name] = number
        }
        durableNames = [names]
    }

    func content(_ name: String) -> [UInt8]? { names[name].map { files[$0]!.content } }

    func content(_ number: Int) -> [UInt8] { files[number]!.content }

    func create(_ name: String) -> Int {
        let number = files.count
        files[number] = File()
        change([name: number])
        return number
    }

    /// Puts a file there as another program would.
    func put(_ name: String, _ text: String) {
        write(names[name] ?? create(name), Array(text.utf8))
    }

    func change(_ change: [String: Int?]) {
        for (name, number) in change { names[name] = number }
        unsynced.append(NameChange(names: change))
    }

    func write(_ number: Int, _ bytes: [UInt8]) {
        let old = files[number]!.content
        files[number]!.content = bytes
        files[number]!.isDirty = true
        let torn = Array(bytes.prefix(bytes.count / 2)) + old.dropFirst(bytes.count / 2)
        files[number]!.durable.formUnion([bytes, torn, []])
    }

    func sync(_ number: Int) {
        guard flaw != .contentIsNotSynced, files[number]!.isDirty else { return }
        files[number]!.durable = [files[number]!.content]
        files[number]!.isDirty = false
    }

    func failSync(_ number: Int) { files[number]!.isDirty = false }

    func syncDirectory() {
        guard flaw != .directoryIsNotSynced else { return }
        durableNames = namesAfterCut { $0.isDoubtful }
        unsynced = []
    }

    func failSyncDirectory() {
        for index in unsynced.indices { unsynced[index].isDoubtful = true }
    }

    /// Every table of names that may be found, where a change may be missing of which `mayMiss` is true.
    private func namesAfterCut(_ mayMiss: (NameChange) -> Bool) -> Set<Names> {
        unsynced.reduce(durableNames) { tables, change in
            let changed = tables.map { table in
                table.merging(change.names.compactMapValues { $0 }) { $1 }
                    .filter { change.names[$0.key] != .some(nil) }
            }
            return mayMiss(change) ? tables.union(changed) : Set(changed)
        }
    }

    /// Every content that may be found under `name` after a power cut now; nil for no such file.
    func contentsAfterCut(_ name: String) -> Set<[UInt8]?> {
        var found: Set<[UInt8]?> = []
        for names in namesAfterCut({ _ in true }) {
            guard let number = names[name] else {
                found.insert(nil)
                continue
            }
            for content in files[number]!.durable { found.insert(content) }
        }
        return found
    }

    /// Every state that a power cut now may leave.
    func statesAfterCut() -> Set<State> {
        var found: Set<State> = []
        for names in namesAfterCut({ _ in true }) {
            var states: Set<State> = [[:]]
            for (name, number) in names {
                let contents = files[number]!.durable
                states = Set(states.flatMap { state in contents.map { state.merging([name: $0]) { $1 } } })
            }
            found.formUnion(states)
        }
        return found
    }
}
