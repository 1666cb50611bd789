/// What a client accepts, and how gladly: an `Accept` field (RFC 9110, section 12.5.1).
struct Accept {
    private struct Range {
        var type: Substring
        var subtype: Substring
        var quality: Double
    }

    private let ranges: [Range]

    /// - Parameter field: what can't be understood in it is skipped; an empty one accepts nothing.
    init(_ field: String) {
        ranges = field.split(separator: ",").compactMap(Self.range)
    }

    private static func range(_ text: Substring) -> Range? {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false).map(trimmed)
        let names = parts[0].split(separator: "/", omittingEmptySubsequences: false)
        guard names.count == 2 else { return nil }
        let weight = parts.dropFirst().first { $0.hasPrefix("q=") || $0.hasPrefix("Q=") }
        guard let quality = weight.map({ Double($0.dropFirst(2)) }) ?? 1 else { return nil }
        return Range(type: names[0], subtype: names[1], quality: quality)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }

    /// How gladly `type/subtype`, in lower case, is taken: 0 for not at all. The most specific range decides;
    /// parameters of a media type are not looked at.
    func quality(_ type: String, _ subtype: String) -> Double {
        (range(type, subtype) ?? range(type, "*") ?? range("*", "*"))?.quality ?? 0
    }

    private func range(_ type: String, _ subtype: String) -> Range? {
        ranges.first { $0.type.lowercased() == type && $0.subtype.lowercased() == subtype }
    }

    /// Browsers name HTML first and take anything else less gladly; programs ask for JSON or for anything.
    var prefersHTML: Bool { quality("text", "html") > quality("application", "json") }

    /// Prometheus names it; another scraper gets the older format.
    var prefersOpenMetrics: Bool {
        let named = range("application", "openmetrics-text")?.quality ?? 0
        return named > 0 && named >= quality("text", "plain")
    }
}
