extension Duration {
    /// As people say it, in its largest unit: `12 s`, `3 min`, `5 h`, `2 d`.
    var brief: String {
        let seconds = max(0, components.seconds)
        return switch seconds {
        case ..<60: "\(seconds) s"
        case ..<3_600: "\(seconds / 60) min"
        case ..<86_400: "\(seconds / 3_600) h"
        default: "\(seconds / 86_400) d"
        }
    }
}
