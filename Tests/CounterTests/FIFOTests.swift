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

    @Test func anElementIsReachedFromTheFrontAndMayBeChanged() {
        var fifo = FIFO<Int>()
        for element in 0..<3000 { fifo.append(element) }
        for _ in 0..<1500 { _ = fifo.popFirst() }
        #expect(fifo[0] == 1500)
        #expect(fifo[1499] == 2999)
        fifo[1] = -1
        _ = fifo.popFirst()
        #expect(fifo.popFirst() == -1)
        #expect(fifo.count == 1498, "\(fifo.count) are left")
    }
}
