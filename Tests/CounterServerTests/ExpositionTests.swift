import Testing

@testable import CounterServer

struct ExpositionTests {
    private static func text(_ format: Exposition.Format, _ write: (inout Exposition) -> Void) -> String {
        var page = Exposition(format)
        write(&page)
        return page.whole
    }

    @Test
    func namesACounterByItsSampleOrByItsFamily() {
        let write = { (page: inout Exposition) in
            page.family("a_requests", .counter, "Requests.")
            page.sample(3, ["code": "200"])
        }
        #expect(
            Self.text(.text, write) == """
                # HELP a_requests_total Requests.
                # TYPE a_requests_total counter
                a_requests_total{code="200"} 3\n
                """)
        #expect(
            Self.text(.openMetrics, write) == """
                # HELP a_requests Requests.
                # TYPE a_requests counter
                a_requests_total{code="200"} 3
                # EOF\n
                """)
    }

    @Test
    func tellsTheUnitInOpenMetricsOnly() {
        let write = { (page: inout Exposition) in page.family("a_age_seconds", .gauge, "Age.") }
        #expect(Self.text(.openMetrics, write).contains("# UNIT a_age_seconds seconds\n"))
        #expect(!Self.text(.text, write).contains("UNIT"))
    }

    @Test
    func accumulatesTheBucketsOfAHistogram() {
        let snapshot = Histograms.Snapshot(
            bounds: [500_000, 1_000_000_000], buckets: [2, 3, 1], sum: 4_500_000_000)
        let text = Self.text(.text) { page in
            page.family("a_seconds", .histogram, "Times.")
            page.histogram(snapshot, scale: 1e9, ["route": "/"])
        }
        #expect(
            text.split(separator: "\n").dropFirst(2) == [
                #"a_seconds_bucket{route="/",le="0.0005"} 2"#, #"a_seconds_bucket{route="/",le="1.0"} 5"#,
                #"a_seconds_bucket{route="/",le="+Inf"} 6"#, #"a_seconds_sum{route="/"} 4.5"#,
                #"a_seconds_count{route="/"} 6"#,
            ])
    }

    @Test(arguments: [("a\"b", #"a\"b"#), ("a\\b", #"a\\b"#), ("a\nb", #"a\nb"#), ("é{},=", "é{},=")])
    func quotesTheValueOfALabel(value: String, quoted: String) {
        let text = Self.text(.text) { page in
            page.family("a", .gauge, "A.")
            page.sample(1, ["l": value])
        }
        #expect(text.hasSuffix("a{l=\"\(quoted)\"} 1\n"), "\(text)")
    }
}
