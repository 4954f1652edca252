/// Writes whole numbers of small units, as JSON has decimals.
enum Decimal {
    /// A number whose last `places` digits are behind the point.
    static func text(_ number: Int64, places: Int) -> String {
        let digits = String(number.magnitude)
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        return (number < 0 ? "-" : "") + padded.dropLast(places) + "." + padded.suffix(places)
    }
}
