import Testing

@testable import Counter

@Suite struct CounterDocumentTests {
    @Test(arguments: [0, 1, 42, Int64.max] as [Int64])
    func aCountIsReadAsItWasWrittenAtAFixedSize(count: Int64) {
        let bytes = CounterDocument.encode(count)
        #expect(bytes.count == CounterDocument.size)
        #expect(CounterDocument.decode(bytes) == count)
        #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("{\"counter\": \(count)}"))
    }

    @Test(arguments: [
        ("{\"counter\":5}", 5), ("{\"other\": [1], \"counter\": 7, \"x\": null}\n", 7),
        (" {\"counter\" : 0 } ", 0),
    ])
    func otherProgramsObjectsAreUnderstood(text: String, count: Int64) {
        #expect(CounterDocument.decode(Array(text.utf8)) == count)
    }

    @Test(arguments: [
        "", " ", "{}", "5", "[]", "null", "{\"counter\":-1}", "{\"counter\":9223372036854775808}",
        "{\"counter\":1.5}", "{\"counter\":\"1\"}", "{\"counter\":null}", "{\"counter\":1", "{\"Counter\":1}",
        "{\"counter\":true}", "{\"counter\":1}x", "{\"counter\":1}{\"counter\":2}", "{\"counter\":[1]}",
        "{\"counter\":{\"counter\":1}}", "[{\"counter\":1}]", "{\"counter\":1e30}", "{\"counter\":NaN}",
        "{\"counter\":0x10}",
        "{\"counter\":01}", "{\"counter\":+1}", "{counter:1}", "{'counter':1}",
        "// 1\n{\"counter\":1}",
        String(repeating: "\u{0}", count: 64), String(repeating: "[", count: 60_000),
    ])
    func whatIsNoCountIsNeverReadAsOne(text: String) {
        #expect(CounterDocument.decode(Array(text.utf8)) == nil)
    }

    @Test func aFileThatIsCutOffAnywhereIsNoOtherCount() {
        let whole = CounterDocument.encode(100)
        for end in 0..<whole.count {
            let count = CounterDocument.decode(Array(whole[..<end]))
            #expect(count == nil || count == 100, "cut off after \(end) bytes it is \(count!)")
        }
    }

    @Test func bytesThatAreNoTextAreNoCount() {
        #expect(
            CounterDocument.decode(Array("{\"counter\":1,\"".utf8) + [0xff, 0xfe] + Array("\":1}".utf8))
                == nil)
    }
}
