/// What is said of a metric besides its values.
package struct MetricFamily: Sendable {
    package enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    /// As Prometheus knows it.
    package let name: String
    package let kind: Kind
    /// A sentence, with the unit if there is one.
    package let help: String
    /// The upper ends of a histogram's buckets, ascending.
    package let bounds: [Double]

    package init(_ name: String, _ kind: Kind, _ help: String, bounds: [Double] = []) {
        self.name = name
        self.kind = kind
        self.help = help
        self.bounds = bounds
    }
}
