/// Reads a message with a chunked body to the letter of RFC 9112, section 7.1. evhttp reads chunk sizes with
/// `strtoll`, to which `+3`, `0x3` and ` 3` are numbers, and passes over the end of a chunk's data: a server in
/// front that reads them in another way would see the next request begin at another place.
enum ChunkedMessage {
    /// - Parameter bytes: a request from its first byte on, and whatever follows it.
    /// - Returns: the length of the message with its trailers; nil where its framing is malformed, which takes in chunk
    ///   extensions: evhttp has none, and nobody sends them.
    static func length(_ bytes: [UInt8]) -> Int? {
        var rest = bytes[...]
        guard skipLinesToEmptyOne(&rest) else { return nil }
        while let size = chunkSize(&rest) {
            if size == 0 { return skipLinesToEmptyOne(&rest) ? bytes.count - rest.count : nil }
            guard rest.count >= size else { return nil }
            rest = rest.dropFirst(size)
            guard line(&rest)?.isEmpty == true else { return nil }
        }
        return nil
    }

    /// Headers and trailers end with an empty line.
    private static func skipLinesToEmptyOne(_ rest: inout ArraySlice<UInt8>) -> Bool {
        while let line = line(&rest) {
            if line.isEmpty { return true }
        }
        return false
    }

    /// `chunk-size = 1*HEXDIG`; eight digits are more than any body may have.
    private static func chunkSize(_ rest: inout ArraySlice<UInt8>) -> Int? {
        guard let digits = line(&rest), (1...8).contains(digits.count) else { return nil }
        var size = 0
        for digit in digits {
            guard let value = Character(UnicodeScalar(digit)).hexDigitValue else { return nil }
            size = size * 16 + value
        }
        return size
    }

    /// The bytes before the next line feed, without their CR.
    private static func line(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        var line = rest[rest.startIndex..<end]
        if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
        rest = rest[(end + 1)...]
        return line
    }
}
