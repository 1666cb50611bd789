import Testing

@testable import CounterServer

struct AcceptTests {
    @Test(arguments: [
        ("text/html", 1.0), ("text/html;q=0.3", 0.3), ("text/html ; q=0.3 ", 0.3), ("text/*;q=0.2", 0.2),
        ("*/*;q=0.1", 0.1), ("application/json", 0), ("", 0), ("text/html;q=x", 0), ("html", 0),
        ("text/html;level=1;q=0.4", 0.4), ("TEXT/HTML", 1),
    ])
    func findsHowGladlyHTMLIsTaken(field: String, quality: Double) {
        #expect(Accept(field).quality("text", "html") == quality)
    }

    @Test
    func letsTheMostSpecificRangeDecideWhateverTheOrder() {
        #expect(Accept("*/*;q=0.9, text/*;q=0.5, text/html;q=0.1").quality("text", "html") == 0.1)
        #expect(Accept("*/*, text/html;q=0").quality("text", "html") == 0)
        #expect(Accept("text/*;q=0.5, */*").quality("text", "html") == 0.5)
    }

    @Test
    func prefersHTMLOnlyWhereItIsTakenMoreGladlyThanJSON() {
        #expect(Accept("text/html,application/xml;q=0.9,*/*;q=0.8").prefersHTML)
        #expect(!Accept("*/*").prefersHTML)
        #expect(!Accept("text/html,application/json").prefersHTML)
        #expect(!Accept("").prefersHTML)
    }

    @Test
    func prefersOpenMetricsOnlyWhereItIsNamed() {
        #expect(Accept("application/openmetrics-text;version=1.0.0,text/plain;q=0.5").prefersOpenMetrics)
        #expect(!Accept("*/*").prefersOpenMetrics)
        #expect(!Accept("application/openmetrics-text;q=0").prefersOpenMetrics)
        #expect(!Accept("application/openmetrics-text;q=0.5,text/plain").prefersOpenMetrics)
    }
}
