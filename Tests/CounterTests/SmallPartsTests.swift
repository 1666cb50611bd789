import Foundation
import Glibc
import Testing

@testable import Counter

@Suite struct FIFOTests {
    @Test func whatGoesInComesOutInOrderThroughManyRounds() {
        var fifo = FIFO<Int>()
        var (next, expected) = (0, 0)
        for round in 0..<5000 {
            for _ in 0..<(round % 7) {
                fifo.append(next)
                next += 1
            }
            for _ in 0..<(round % 5) {
                guard let element = fifo.popFirst() else { break }
                #expect(element == expected)
                expected += 1
            }
        }
        #expect(fifo.count == next - expected)
        while let element = fifo.popFirst() {
            #expect(element == expected)
            expected += 1
        }
        #expect(expected == next && fifo.isEmpty)
    }
}

@Suite struct FilePathsTests {
    @Test(arguments: [
        ("/data/counter.json", "/data/counter.lock", "/data", ".counter.json.tmp"),
        ("counter.json", "./counter.lock", ".", ".counter.json.tmp"),
        ("/counter.json", "/counter.lock", "/", ".counter.json.tmp"),
        ("/d/counter", "/d/counter.lock", "/d", ".counter.tmp"),
        ("/d/a.b.json", "/d/a.b.lock", "/d", ".a.b.json.tmp"),
        ("/d/.hidden", "/d/.hidden.lock", "/d", "..hidden.tmp"),
        ("/d.e/counter", "/d.e/counter.lock", "/d.e", ".counter.tmp"),
    ])
    func theNamesAreThoseThatPythonFinds(counter: String, lock: String, directory: String, temporary: String)
    {
        let paths = FilePaths(counter: counter)
        #expect(paths.lock == lock)
        #expect(paths.directory == directory)
        #expect(paths.temporaryName == temporary)
    }
}

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
        "{\"counter\":true}", "{\"counter\":1}x",
    ])
    func whatIsNoCountIsNeverReadAsOne(text: String) {
        #expect(CounterDocument.decode(Array(text.utf8)) == nil)
    }
}

@Suite struct ConditionTests {
    @Test func aWaitEndsWhenItsTimeIsUp() {
        let condition = Condition(0)
        #expect(condition.wait(upTo: 0.01, until: { $0 == 1 }, then: { $0 }) == 0)
    }

    @Test func aSignalEndsAWait() {
        let condition = Condition(0)
        Foundation.Thread.detachNewThread {
            usleep(20_000)
            condition.withLock { $0 = 1 }
            condition.signal()
        }
        #expect(condition.wait(upTo: 10, until: { $0 == 1 }, then: { $0 }) == 1)
    }
}
