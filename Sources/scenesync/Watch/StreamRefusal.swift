/// Why a project cannot be watched, said once and for all.
enum StreamRefusal: Error, CustomStringConvertible {
    case unreachable(DaemonAddress, String)
    case status(Int, detail: String)
    case deleted
    case expired

    var description: String {
        switch self {
        case .unreachable(let address, let why):
            "cannot reach a daemon at \(address) (\(why.printable)): start one with scenesync serve, or name it by --url"
        case .status(401, _): "the daemon wants a token that it accepts: give one by --token or SCENESYNC_TOKEN"
        case .status(404, _): "the daemon knows no such project, or does not let this token read it"
        case .status(let status, let detail): "the daemon refused the stream with status \(status): \(detail.printable)"
        case .deleted: "the project was deleted"
        case .expired: "the token has expired, or lost its right to read this project"
        }
    }
}
