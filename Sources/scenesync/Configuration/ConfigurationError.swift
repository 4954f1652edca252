/// A setting that cannot be used. The process says so in one line and ends with status 78 (EX_CONFIG).
struct ConfigurationError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
