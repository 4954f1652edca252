import CLinux
import Glibc

/// The arguments as everybody on the machine sees them, in /proc and so by ps.
enum VisibleArguments {
    private static let secrets = ["--jwt-secret", "--database-url", "--token"]

    /// Takes secrets out of them. `arguments` are those of the process, its own name first.
    static func hideSecrets(_ arguments: [String]) {
        guard let place = scenesync_first_argument() else { return }
        hideSecrets(arguments, at: place)
    }

    /// They stand at `place`, each with a zero behind it.
    static func hideSecrets(_ arguments: [String], at place: UnsafeMutablePointer<CChar>) {
        var place = place
        var isSecret = false
        for argument in arguments {
            let length = argument.utf8.count
            // Where they do not stand as we think, nothing is written.
            guard strcmp(place, argument) == 0 else { return }
            if isSecret {
                memset(place, CInt(UInt8(ascii: "x")), length)
            } else if let flag = secrets.first(where: { argument.hasPrefix($0 + "=") }) {
                let begin = flag.utf8.count + 1
                memset(place + begin, CInt(UInt8(ascii: "x")), length - begin)
            }
            isSecret = secrets.contains(argument)
            place += length + 1
        }
    }
}
