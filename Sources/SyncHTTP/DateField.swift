import ProjectSync
import Synchronization

/// The Date of answers (RFC 9110, section 6.6.1), written once a second.
enum DateField {
    private static let last = Mutex<(second: Int, text: String)>((0, ""))

    static var now: String {
        let time = WallTime.now
        return last.withLock { last in
            if last.second != time.seconds { last = (time.seconds, time.imfFixdate) }
            return last.text
        }
    }
}
