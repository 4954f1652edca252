/// Why a token does not count.
enum TokenError: Error, Equatable {
    case malformed
    /// Not one of those that keys here are for.
    case algorithm
    case unknownKey
    case signature
    case expired
    case notYetValid
    case issuer
    case audience
    case claims(String)
    /// The issuer's keys are not known yet.
    case noKeys

    /// What whoever bears it is told.
    var explanation: String {
        switch self {
        case .malformed: "It is no signed JSON Web Token in compact form."
        case .algorithm: "Its algorithm is not one that is taken here."
        case .unknownKey: "It names a key that the issuer does not have."
        case .signature: "Its signature is not right."
        case .expired: "It has expired."
        case .notYetValid: "It is not valid yet."
        case .issuer: "It is of another issuer."
        case .audience: "It is for another audience."
        case .claims(let what): what
        case .noKeys: "The issuer's keys have not been read yet."
        }
    }
}
