import Testing

@testable import CounterServer

struct HistogramsTests {
    @Test(arguments: [(0, 0), (9, 0), (10, 0), (11, 1), (20, 1), (21, 2), (30, 2), (31, 3), (Int.max, 3)])
    func countsAValueUpToItsBound(value: Int, bucket: Int) {
        let histograms = Histograms(bounds: [10, 20, 30])
        histograms.record(value)
        let counted = histograms.snapshot().buckets
        #expect(counted.firstIndex(of: 1) == bucket, "\(value) fell into \(counted)")
        #expect(histograms.snapshot().count == 1)
    }

    @Test
    func keepsItsRowsApart() {
        let histograms = Histograms(bounds: [10], rows: 3)
        histograms.record(5, row: 0)
        histograms.record(50, row: 2)
        histograms.record(60, row: 2)
        #expect((0..<3).map { histograms.snapshot(row: $0).buckets } == [[1, 0], [0, 0], [0, 2]])
        #expect((0..<3).map { histograms.snapshot(row: $0).sum } == [5, 0, 110])
    }

    @Test
    func addsUpOverThreads() {
        let parts = (0..<2).map { part in
            let histograms = Histograms(bounds: [10, 20])
            histograms.record(5 + 10 * part)
            return histograms.snapshot()
        }
        let whole = parts[0] + parts[1]
        #expect(whole.buckets == [1, 1, 0])
        #expect(whole.sum == 20)
    }

    @Test(arguments: [Histograms.durationBounds, Histograms.batchBounds])
    func hasBoundsInAscendingOrder(bounds: [Int]) {
        #expect(zip(bounds, bounds.dropFirst()).allSatisfy(<))
    }
}
