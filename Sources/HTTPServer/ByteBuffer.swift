/// Bytes in one piece of memory that is used again and again. Raw memory and not an array, whose checks at each of
/// the ten appends of a reply were a tenth of all instructions of a request.
struct ByteBuffer: ~Copyable {
    private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1024, alignment: 1)
    private(set) var count = 0

    deinit { memory.deallocate() }

    /// Valid until the next change.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

    mutating func removeAll() { count = 0 }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        reserve(bytes.count)
        (memory.baseAddress! + count).copyMemory(from: start, byteCount: bytes.count)
        count += bytes.count
    }

    /// Appends UTF-8. Literals and other native strings are copied from where they are.
    mutating func append(_ text: String) {
        let isContiguous: Void? = text.utf8.withContiguousStorageIfAvailable {
            append(UnsafeRawBufferPointer($0))
        }
        // Elsewhere than on Apple's systems all are.
        precondition(isContiguous != nil, "a string that is not in one piece")
    }

    mutating func append(_ content: [UInt8]) {
        content.withUnsafeBytes { append($0) }
    }

    /// Appends a number of 0 or more in decimal digits.
    mutating func append(_ number: Int64) {
        let digits = number.digits
        reserve(digits)
        var rest = UInt64(number)
        for position in stride(from: count + digits - 1, through: count, by: -1) {
            memory[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count += digits
    }

    private mutating func reserve(_ more: Int) {
        guard count + more > memory.count else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(2 * memory.count, count + more), alignment: 1)
        larger.copyMemory(from: bytes)
        memory.deallocate()
        memory = larger
    }
}

extension Int64 {
    /// How many decimal digits a number of 0 or more has.
    var digits: Int {
        var digits = 1
        var rest = UInt64(self) / 10
        while rest != 0 {
            digits += 1
            rest /= 10
        }
        return digits
    }
}
