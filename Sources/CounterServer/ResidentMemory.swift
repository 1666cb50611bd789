import FoundationEssentials
import Glibc

/// What the process keeps in memory.
enum ResidentMemory {
    /// Unmaps the program's code as far as it is in memory (madvise(2), MADV_DONTNEED): what is needed again comes
    /// back from the page cache at the first touch. Parsing arguments and the like runs once, yet the kernel maps
    /// 64 KiB around each page it touches: 12 MB resident become 7.
    ///
    /// Only mappings of files that are executable and not writable, for those hold nothing but the file's content.
    static func releaseCode() {
        guard let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8) else { return }
        for line in maps.split(separator: "\n") {
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            guard fields.count > 5, fields[1] == "r-xp", fields[5].hasPrefix("/") else { continue }
            let range = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard range.count == 2 else { continue }
            madvise(UnsafeMutableRawPointer(bitPattern: range[0]), Int(range[1] - range[0]), MADV_DONTNEED)
        }
    }
}
