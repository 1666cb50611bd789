/// The names that belong to a counter file.
struct FilePaths: Sendable {
    let counter: String
    let directory: String
    /// The counter file's name within its directory.
    let name: String
    let lockName: String
    /// One fixed name, so that what a crash left behind is found again and goes away with the next commit. Only
    /// the holder of the lock uses it.
    let temporaryName: String

    var lock: String { directory == "/" ? "/" + lockName : directory + "/" + lockName }

    init(counter: String) {
        self.counter = counter
        let slash = counter.lastIndex(of: "/")
        name = slash.map { String(counter[counter.index(after: $0)...]) } ?? counter
        switch slash {
        case nil: directory = "."
        case counter.startIndex?: directory = "/"
        case let slash?: directory = String(counter[..<slash])
        }
        lockName = Self.withoutExtension(name) + ".lock"
        temporaryName = ".\(name).tmp"
    }

    /// A leading dot begins a name and not an extension, as in Python's `Path.with_suffix`.
    private static func withoutExtension(_ name: String) -> String {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
        return String(name[..<dot])
    }
}
