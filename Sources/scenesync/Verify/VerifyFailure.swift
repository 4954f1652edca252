/// Why a check did not pass, in words for whoever runs it.
struct VerifyFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
