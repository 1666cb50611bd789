import Testing

@testable import HTTPServer

@Suite struct JSONTests {
    @Test(arguments: [
        ("", "\"\""), ("a/b", "\"a/b\""), ("\"\\", "\"\\\"\\\\\""), ("\n\r\t", "\"\\n\\r\\t\""),
        ("\u{1}\u{1f}", "\"\\u0001\\u001f\""), ("é🎉", "\"é🎉\""),
    ])
    func aTextIsQuotedAsRFC8259Has(text: String, quoted: String) {
        #expect(JSON.quoted(text) == quoted)
    }
}
