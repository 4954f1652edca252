/// A setting that cannot be used. The process says so in one line and ends with status 78 (EX_CONFIG); with 64 (EX_USAGE)
/// where a flag says it.
struct ConfigurationError: Error, CustomStringConvertible {
    let description: String
    let isOfFlag: Bool

    init(_ description: String, isOfFlag: Bool = false) {
        self.description = description
        self.isOfFlag = isOfFlag
    }
}
