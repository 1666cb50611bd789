import Testing

@testable import HTTPServer

@Suite struct ChunkedMessageTests {
    private let head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"

    private func length(_ body: String) -> Int? {
        ChunkedMessage.length(Array((head + body).utf8)).map { $0 - head.utf8.count }
    }

    @Test(arguments: [
        ("0\r\n\r\n", 5), ("3\r\nabc\r\n0\r\n\r\n", 13), ("a\r\n0123456789\r\n0\r\n\r\n", 20),
        ("0003\r\nabc\r\n00\r\n\r\n", 17), ("3\r\na\r\n\r\n0\r\nTrailer: x\r\n\r\n", 25),
    ])
    func aWellFormedBodyEndsWhereItsLastChunkDoes(body: String, bytes: Int) {
        #expect(length(body) == bytes)
        #expect(length(body + "GET / HTTP/1.1\r\n\r\n") == bytes, "what follows is not part of it")
    }

    @Test(arguments: [
        "+3\r\nabc\r\n0\r\n\r\n", "0x3\r\nabc\r\n0\r\n\r\n", " 3\r\nabc\r\n0\r\n\r\n",
        "3 \r\nabc\r\n0\r\n\r\n",
        "-0\r\n\r\n", "\r\n0\r\n\r\n", "3;a=b\r\nabc\r\n0\r\n\r\n", "3\r\nabcd\r\n0\r\n\r\n",
        "3\r\nabc0\r\n\r\n",
        "123456789\r\n", "٣\r\nabc\r\n0\r\n\r\n",
    ])
    func aMalformedChunkIsNoMessage(body: String) {
        #expect(length(body) == nil)
    }

    @Test func aMessageThatIsCutOffAnywhereIsNone() {
        let whole = Array((head + "3\r\nabc\r\n0\r\n\r\n").utf8)
        for end in whole.indices {
            #expect(ChunkedMessage.length(Array(whole[..<end])) == nil, "cut off after \(end) bytes")
        }
    }
}
