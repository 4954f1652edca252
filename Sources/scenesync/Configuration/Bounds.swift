/// The ranges of settings that are numbers. Within them nothing that is computed of one overflows.
enum Bounds {
    static let seconds = 1...86_400
    /// Seconds that may be none.
    static let patience = 0...86_400
    static let bytes = 1...1 << 40
    static let count = 1...1_000_000_000
}
