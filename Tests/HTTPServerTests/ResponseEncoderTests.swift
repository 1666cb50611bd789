import Foundation
import Testing

@testable import HTTPServer

@Suite struct ResponseEncoderTests {
    /// The message without its Date field, which is another every second.
    private func message(
        _ response: Response, isHead: Bool = false, keepsAlive: Bool = true, minorVersion: Int = 1
    ) -> String {
        var encoder = ResponseEncoder()
        encoder.encode(response, .init(isHead: isHead, keepsAlive: keepsAlive, minorVersion: minorVersion))
        let lines = String(decoding: encoder.bytes, as: UTF8.self).components(separatedBy: "\r\n")
        #expect(lines.filter { $0.hasPrefix("Date: ") }.count == 1, "one Date field")
        return lines.filter { !$0.hasPrefix("Date: ") }.joined(separator: "\r\n")
    }

    @Test func aMessageHasItsFieldsItsLengthAndItsBody() {
        let response = Response(.ok, fields: "Content-Type: text/plain\r\n", body: .text("hi\n"))
        #expect(
            message(response)
                == "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nhi\n")
    }

    @Test func aHeadHasTheLengthOfTheGetAndNoBody() {
        #expect(
            message(Response(.ok, body: .text("hi\n")), isHead: true)
                == "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n")
    }

    @Test func aNoContentHasNoLength() {
        #expect(message(Response(.noContent)) == "HTTP/1.1 204 No Content\r\n\r\n")
    }

    @Test func aReplyThatClosesSaysSo() {
        #expect(message(Response(.ok), keepsAlive: false).contains("\r\nConnection: close\r\n"))
    }

    @Test func aReplyToHTTP10SaysThatItStaysOpen() {
        #expect(message(Response(.ok), minorVersion: 0).contains("\r\nConnection: keep-alive\r\n"))
        #expect(!message(Response(.ok)).contains("Connection"))
    }

    @Test(arguments: [0, 7, 10, 99, 100, 1_234_567_890, Int64.max - 1, Int64.max] as [Int64])
    func aNumberIsWrittenInDecimalAndCounted(number: Int64) {
        let body = "{\"counter\":\(number)}\n"
        let message = message(Response(.ok, body: .number(before: "{\"counter\":", number, after: "}\n")))
        #expect(message.hasSuffix("Content-Length: \(body.utf8.count)\r\n\r\n\(body)"))
    }

    @Test func aLargeBodyOutgrowsTheBufferWhole() {
        let body = String(repeating: "0123456789", count: 10_000)
        #expect(message(Response(.ok, body: .text(body))).hasSuffix(body))
        #expect(message(Response(.ok, body: .bytes(Array(body.utf8)))).hasSuffix(body))
    }

    @Test func theBufferIsUsedAgain() {
        var encoder = ResponseEncoder()
        encoder.encode(Response(.ok, body: .text(String(repeating: "x", count: 5000))), .init())
        encoder.encode(Response(.noContent), .init())
        #expect(encoder.bytes.count < 100, "\(encoder.bytes.count) bytes")
    }

    @Test func anErrorIsAProblemWithItsDetailQuoted() {
        let problem = Response.problem(.badRequest, detail: "a \"quote\"\n")
        #expect(problem.fields.contains("Content-Type: application/problem+json\r\n"))
        #expect(
            problem.body
                == .text("{\"status\":400,\"title\":\"Bad Request\",\"detail\":\"a \\\"quote\\\"\\n\"}\n"))
    }
}

@Suite struct DateFieldTests {
    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"), (4_102_444_799, "Thu, 31 Dec 2099 23:59:59 GMT"),
    ])
    func aTimeIsWrittenAsRFC9110Has(time: Int, text: String) {
        var field = DateField()
        field.format(time)
        #expect(String(decoding: field.bytes, as: UTF8.self) == "Date: \(text)\r\n")
    }
}

@Suite struct JSONTests {
    @Test(arguments: [
        ("", "\"\""), ("a/b", "\"a/b\""), ("\"\\", "\"\\\"\\\\\""), ("\n\r\t", "\"\\n\\r\\t\""),
        ("\u{1}\u{1f}", "\"\\u0001\\u001f\""), ("é🎉", "\"é🎉\""),
    ])
    func aTextIsQuotedAsRFC8259Has(text: String, quoted: String) {
        #expect(JSON.quoted(text) == quoted)
    }
}

@Suite struct ParserErrorTests {
    @Test(arguments: [
        ("HTTP/1.1 400 Bad Request", 400), ("HTTP/1.0 413 X", 413), ("HTTP/1.1 100 Continue", 100),
        ("HTTP/1.1 0 Unknown", 0), ("HTTP/1.1", 0), ("", 0),
    ])
    func theCodeIsReadFromAStatusLine(head: String, code: Int) {
        #expect(ParserError.status(inHead: Array(head.utf8).prefix(16)) == code)
    }
}
