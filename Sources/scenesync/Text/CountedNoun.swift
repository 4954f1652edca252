extension Int {
    /// `1 image`, `2 images`.
    func of(_ noun: String) -> String {
        "\(self) \(noun)\(self == 1 ? "" : "s")"
    }
}
