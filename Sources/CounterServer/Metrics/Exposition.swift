/// Writes metrics as Prometheus reads them: its text format 0.0.4, or OpenMetrics 1.0.
struct Exposition {
    enum Format {
        case text, openMetrics

        var contentType: String {
            switch self {
            case .text: "text/plain; version=0.0.4; charset=utf-8"
            case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            }
        }
    }

    enum Kind: String {
        case counter, gauge, histogram
        /// A gauge that is always 1, in the older format.
        case info
    }

    typealias Labels = KeyValuePairs<String, String>

    private let format: Format
    private var text = ""
    private var name = ""
    private var kind = Kind.gauge

    init(_ format: Format) {
        self.format = format
    }

    /// All that was written.
    var whole: String { format == .openMetrics ? text + "# EOF\n" : text }

    /// Begins a family of samples.
    /// - Parameters:
    ///   - name: without the suffix `_total` or `_info` that belongs to the kind.
    ///   - help: one sentence.
    mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        self.kind = kind
        // The older format describes samples, OpenMetrics families.
        let described = format == .openMetrics ? name : name + suffix
        let type = format == .text && kind == .info ? "gauge" : kind.rawValue
        text += "# HELP \(described) \(Self.escaped(help, quotes: format == .openMetrics))\n"
        text += "# TYPE \(described) \(type)\n"
        if let unit = ["seconds", "bytes"].first(where: { name.hasSuffix("_" + $0) }), format == .openMetrics
        {
            text += "# UNIT \(described) \(unit)\n"
        }
    }

    private var suffix: String {
        switch kind {
        case .counter: "_total"
        case .info: "_info"
        case .gauge, .histogram: ""
        }
    }

    mutating func sample(_ value: some Numeric & CustomStringConvertible, _ labels: Labels = [:]) {
        line(suffix, Self.written(labels), value.description)
    }

    /// - Parameter scale: how many of the histogram's units one of the metric's has, such as nanoseconds a second.
    mutating func histogram(_ histogram: Histograms.Snapshot, scale: Double = 1, _ labels: Labels = [:]) {
        let written = Self.written(labels)
        var count = 0
        for (bound, bucket) in zip(histogram.bounds, histogram.buckets) {
            count += bucket
            line("_bucket", written + ["le=\"\(Double(bound) / scale)\""], String(count))
        }
        line("_bucket", written + ["le=\"+Inf\""], String(histogram.count))
        line("_sum", written, "\(Double(histogram.sum) / scale)")
        line("_count", written, String(histogram.count))
    }

    private mutating func line(_ suffix: String, _ labels: [String], _ value: String) {
        let braces = labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}"
        text += "\(name)\(suffix)\(braces) \(value)\n"
    }

    private static func written(_ labels: Labels) -> [String] {
        labels.map { "\($0)=\"\(escaped($1, quotes: true))\"" }
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
