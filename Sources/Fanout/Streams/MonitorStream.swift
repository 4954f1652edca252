import ProjectSync

/// A stream that is sent the monitor's document.
struct MonitorStream {
    let window: MonitorWindow
    let terms: StreamTerms?
    /// The reactor's second in which its right is looked at again.
    var checksAt: UInt32

    init(_ window: MonitorWindow, _ terms: StreamTerms?, checksAt: UInt32) {
        self.window = window
        self.terms = terms
        self.checksAt = checksAt
    }
}
