import Testing

@testable import HTTPServer

@Suite struct ParserErrorTests {
    @Test(arguments: [
        ("HTTP/1.1 400 Bad Request", 400), ("HTTP/1.0 413 X", 413), ("HTTP/1.1 100 Continue", 100),
        ("HTTP/1.1 0 Unknown", 0), ("HTTP/1.1", 0), ("", 0),
    ])
    func theCodeIsReadFromAStatusLine(head: String, code: Int) {
        #expect(ParserError.status(inHead: Array(head.utf8).prefix(16)) == code)
    }

    @Test(arguments: [(400, 400), (413, 413), (417, 417), (501, 501), (0, 400), (404, 400), (100, 400)])
    func eachCodeHasAnAnswerOfOurs(code: Int, status: Int) {
        let response = ParserError.response(code)
        #expect(response.status.rawValue == status)
        #expect(response.fields.contains("application/problem+json"))
    }
}
