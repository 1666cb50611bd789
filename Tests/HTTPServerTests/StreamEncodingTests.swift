import Testing

@testable import HTTPServer

struct StreamEncodingTests {
    private static func encoded(_ minorVersion: Int, isHead: Bool = false) -> String {
        var encoder = ResponseEncoder()
        encoder.encode(
            Response(.ok, fields: "A: b\r\n", body: .stream(Array("first\n".utf8))),
            .init(isHead: isHead, keepsAlive: false, minorVersion: minorVersion))
        return String(decoding: encoder.bytes, as: UTF8.self)
    }

    @Test
    func beginsWithAChunkAndNoLength() {
        let text = Self.encoded(1)
        #expect(
            text.hasSuffix("A: b\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nfirst\n\r\n"))
        #expect(!text.contains("Content-Length"))
    }

    @Test
    func hasNoChunksForHTTP1_0() {
        #expect(Self.encoded(0).hasSuffix("A: b\r\nConnection: close\r\n\r\nfirst\n"))
    }

    @Test
    func hasNoBodyForAHead() {
        let text = Self.encoded(1, isHead: true)
        #expect(text.hasSuffix("Transfer-Encoding: chunked\r\n\r\n"))
    }

    @Test(arguments: [
        (1, "hello, world", "c\r\nhello, world\r\n"), (0, "hello", "hello"), (1, "", "0\r\n\r\n"),
        (0, "", ""),
    ])
    func goesOnInChunksAndEndsWithAnEmptyOne(minorVersion: Int, content: String, encoded: String) {
        var encoder = ResponseEncoder()
        encoder.encode(more: Array(content.utf8), minorVersion: minorVersion)
        #expect(String(decoding: encoder.bytes, as: UTF8.self) == encoded)
    }
}
