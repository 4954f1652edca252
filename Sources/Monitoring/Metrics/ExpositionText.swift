/// Prometheus' text format, version 0.0.4.
struct ExpositionText {
    private(set) var text = ""

    mutating func begin(_ family: MetricFamily) {
        text += "# HELP \(family.name) \(Self.escape(family.help, quotes: false))\n"
        text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
    }

    mutating func add(_ name: String, _ labels: String, _ value: Double) {
        text += "\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(Self.number(value))\n"
    }

    mutating func add(_ name: String, _ labels: String, _ distribution: Distribution) {
        let state = distribution.current
        var total = 0
        for (place, count) in state.counts.enumerated() {
            total += count
            let bound = place < distribution.bounds.count ? Self.number(distribution.bounds[place]) : "+Inf"
            add("\(name)_bucket", (labels.isEmpty ? "" : labels + ",") + "le=\"\(bound)\"", Double(total))
        }
        add("\(name)_sum", labels, state.sum)
        add("\(name)_count", labels, Double(total))
    }

    /// Labels in the order of their names, without the braces.
    static func labels(_ dimensions: [(String, String)]) -> String {
        dimensions.sorted { $0.0 < $1.0 }
            .map { "\(MetricName.of($0.0, .gauge))=\"\(escape($0.1, quotes: true))\"" }
            .joined(separator: ",")
    }

    /// Whole numbers without a fraction.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return value.rounded() == value && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
    }

    private static func escape(_ text: String, quotes: Bool) -> String {
        text.reduce(into: "") { escaped, character in
            switch character {
            case "\\": escaped += "\\\\"
            case "\n", "\r\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.append(character)
            }
        }
    }
}
