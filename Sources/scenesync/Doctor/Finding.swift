/// What a check has seen of one thing, and what to do about it.
struct Finding: Equatable, Sendable {
    enum Mark: String, CaseIterable, Sendable {
        case ok
        /// It works, and could be better or safer.
        case warning
        /// It does not do what is promised.
        case problem
        /// This role may not see it, or it could not be looked at.
        case unseen

        var sign: String {
            switch self {
            case .ok: "✓"
            case .warning: "!"
            case .problem: "✗"
            case .unseen: "?"
            }
        }

        var style: StyledLine.Style {
            switch self {
            case .ok: .good
            case .warning: .warning
            case .problem: .bad
            case .unseen: .dim
            }
        }
    }

    let mark: Mark
    let text: String
    let cure: String?

    static func ok(_ text: String) -> Finding {
        Finding(mark: .ok, text: text, cure: nil)
    }

    static func warning(_ text: String, cure: String) -> Finding {
        Finding(mark: .warning, text: text, cure: cure)
    }

    static func problem(_ text: String, cure: String) -> Finding {
        Finding(mark: .problem, text: text, cure: cure)
    }

    static func unseen(_ text: String, cure: String) -> Finding {
        Finding(mark: .unseen, text: text, cure: cure)
    }
}
