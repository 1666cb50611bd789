import Testing

@testable import HTTPServer

@Suite struct ByteBufferTests {
    @Test func whateverItsSizeItKeepsWhatWasAppendedInOrder() {
        var buffer = ByteBuffer()
        var expected: [UInt8] = []
        for size in [0, 1, 1022, 1, 1, 5000, 0, 100_000, 3] {
            let piece = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
            buffer.append(piece)
            expected += piece
            #expect(buffer.count == expected.count)
        }
        #expect(Array(buffer.bytes) == expected)
        buffer.removeAll()
        #expect(buffer.count == 0)
        buffer.append("é\n")
        #expect(Array(buffer.bytes) == Array("é\n".utf8))
    }

    @Test func aNumberThatReachesTheEndOfTheMemoryIsWhole() {
        for room in 0..<20 {
            var buffer = ByteBuffer()
            let before = String(repeating: "x", count: 1024 - room)
            buffer.append(before)
            buffer.append(Int64.max)
            #expect(
                String(decoding: buffer.bytes, as: UTF8.self) == before + "\(Int64.max)", "room for \(room)")
        }
    }

    @Test func everyNumberHasAsManyDigitsAsItsText() {
        var number: Int64 = 1
        for digits in 1...18 {
            #expect((number * 10 - 1).digits == digits)
            number *= 10
            #expect(number.digits == digits + 1)
        }
        #expect(Int64(0).digits == 1)
        #expect(Int64.max.digits == 19)
    }
}
