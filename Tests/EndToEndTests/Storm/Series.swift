/// One figure over the time of a storm, and whether it grows.
struct Series: Sendable {
    let name: String
    /// By how much the end may be above the beginning: a share of it, and an amount.
    let tolerance: (share: Double, amount: Double)
    private var values: [Double] = []

    init(_ name: String, tolerance: (share: Double, amount: Double)) {
        self.name = name
        self.tolerance = tolerance
    }

    mutating func add(_ value: Double) {
        values.append(value)
    }

    /// Of the first tenth nothing is said: what has to be warm gets warm then. Too few values say nothing either.
    private var settled: ArraySlice<Double> {
        let settled = values.dropFirst(values.count / 10)
        return settled.count < 12 ? [] : settled
    }

    /// The medians of its first and its last third.
    private var ends: (first: Double, last: Double)? {
        guard !settled.isEmpty else { return nil }
        let third = settled.count / 3
        return (Self.median(settled.prefix(third)), Self.median(settled.suffix(third)))
    }

    /// The steepness of the line that lies closest to all values, in units a value.
    var slope: Double {
        let settled = Array(settled)
        guard settled.count > 1 else { return 0 }
        let middle = Double(settled.count - 1) / 2
        let mean = settled.reduce(0, +) / Double(settled.count)
        let (above, below) = settled.enumerated().reduce((0.0, 0.0)) { sums, point in
            let distance = Double(point.offset) - middle
            return (sums.0 + distance * (point.element - mean), sums.1 + distance * distance)
        }
        return above / below
    }

    /// What is wrong; nil if it is flat.
    var growth: String? {
        guard let ends, ends.last > ends.first * (1 + tolerance.share) + tolerance.amount else { return nil }
        return "\(name) went from \(Self.text(ends.first)) to \(Self.text(ends.last))"
    }

    var text: String {
        guard let ends else { return "\(name): too few values" }
        return "\(name) \(Self.text(ends.first)) to \(Self.text(ends.last))"
    }

    private static func median(_ values: ArraySlice<Double>) -> Double {
        values.sorted()[values.count / 2]
    }

    /// With two digits after the point.
    static func text(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let rest = abs(hundredths % 100)
        return "\(hundredths < 0 && hundredths > -100 ? "-" : "")\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
