import FoundationEssentials

/// The content of a counter file: one JSON object, `{"counter": N}`. Other keys are ignored on reading.
struct CounterDocument: Decodable {
    var counter: Int64

    /// A file is written at a fixed size, so that overwriting a recycled one changes no metadata: the longest
    /// number fits, the rest is white space, which JSON allows behind a value.
    static let size = 64

    static func encode(_ counter: Int64) -> [UInt8] {
        var bytes = Array("{\"counter\": \(counter)}".utf8)
        bytes += [UInt8](repeating: UInt8(ascii: " "), count: size - 1 - bytes.count)
        return bytes + [UInt8(ascii: "\n")]
    }

    /// - Returns: the count; nil when the content is not a JSON object with a `counter` from 0 to 2^63-1.
    static func decode(_ bytes: [UInt8]) -> Int64? {
        guard let document = try? JSONDecoder().decode(Self.self, from: Data(bytes)) else { return nil }
        return document.counter >= 0 ? document.counter : nil
    }
}
