/// Names as Prometheus takes them: letters, digits and underscores.
enum MetricName {
    static func of(_ label: String, _ kind: MetricFamily.Kind) -> String {
        var name = String(label.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        if name.first.map({ $0.isNumber }) ?? true { name = "_" + name }
        if kind == .counter, !name.hasSuffix("_total") { name += "_total" }
        return name
    }
}
