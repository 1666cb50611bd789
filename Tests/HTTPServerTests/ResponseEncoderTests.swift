import Foundation
import Testing

@testable import HTTPServer

@Suite struct ResponseEncoderTests {
    private func message(
        _ response: Response, isHead: Bool = false, keepsAlive: Bool = true, minorVersion: Int = 1
    ) -> String {
        var encoder = ResponseEncoder()
        return message(
            response, .init(isHead: isHead, keepsAlive: keepsAlive, minorVersion: minorVersion), by: &encoder)
    }

    /// The message without its Date field, which is another every second.
    private func message(
        _ response: Response, _ framing: ResponseEncoder.Framing, by encoder: inout ResponseEncoder
    ) -> String {
        encoder.encode(response, framing)
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

    @Test(arguments: [0, 9, 10, 99, 100, 1_234_567_890, Int64.max - 1, Int64.max] as [Int64])
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

    @Test func whatTheLastMessageWasDoesNotShow() {
        var encoder = ResponseEncoder()
        let responses = [
            Response(.ok, fields: "A: 1\r\n", body: .text("a")),
            Response(.ok, fields: "A: 2\r\n", body: .text("bb")),
            Response(.notFound, fields: "A: 2\r\n"), Response(.noContent), Response(.ok, body: .stream([1])),
        ]
        for response in responses + responses.reversed() {
            for framing in [
                ResponseEncoder.Framing(), .init(isHead: true), .init(keepsAlive: false),
                .init(minorVersion: 0),
            ] {
                let expected = message(
                    response, isHead: framing.isHead, keepsAlive: framing.keepsAlive,
                    minorVersion: framing.minorVersion)
                for _ in 0..<2 { #expect(message(response, framing, by: &encoder) == expected) }
            }
        }
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

    @Test func aHeadOfANumberHasItsLength() {
        let body = Response.Body.number(before: "", Int64.max, after: "\n")
        #expect(
            message(Response(.ok, body: body), isHead: true)
                == "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n")
    }

    @Test func aReplyToHTTP10ThatClosesSaysNothingElse() {
        let message = message(Response(.ok), keepsAlive: false, minorVersion: 0)
        #expect(message == "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    }

    @Test(arguments: Status.allCases)
    func aStatusLineHasCodeAndPhrase(status: Status) {
        #expect(message(Response(status)).hasPrefix("HTTP/1.1 \(status.rawValue) \(status.phrase)\r\n"))
        #expect(!status.phrase.isEmpty)
    }

    @Test func aTextIsCountedInBytes() {
        #expect(message(Response(.ok, body: .text("é🎉"))).contains("Content-Length: 6\r\n"))
    }
}
