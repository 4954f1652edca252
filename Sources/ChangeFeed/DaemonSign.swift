import ProjectSync

/// A sign of life that a daemon sends to itself and to the others.
package struct DaemonSign: Equatable, Sendable {
    let daemon: UInt64
    /// Of the session that sends it.
    var pid: Int32 = 0
    /// Counts the announcements of a daemon's mode, so that an old one is told from a newer one.
    var turn: UInt64 = 0
    /// The way that writers take, said by the daemon that decides it.
    var mode: DoorbellReport.Mode?
    /// When it comes back, so has everything that was notified before it was sent.
    var fence: UInt64?

    /// Said before a daemon asks for its lock: from then on writers announce again, if they have not.
    var isArrival: Bool { mode == nil && fence == nil }

    var payload: String {
        var text = "{\"v\":\(ChangeDecoder.version),\"daemon\":\(daemon),\"pid\":\(pid),\"turn\":\(turn)"
        if let mode { text += ",\"mode\":\"\(mode.rawValue)\"" }
        if let fence { text += ",\"fence\":\(fence)" }
        return text + "}"
    }
}
