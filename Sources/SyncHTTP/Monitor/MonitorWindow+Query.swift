import ProjectSync

extension MonitorWindow {
    /// The window that a request wants; a minute if it says nothing.
    init(_ query: Query) throws(Problem) {
        guard let name = query["window"] else {
            self = .minute
            return
        }
        guard let window = MonitorWindow(rawValue: name) else {
            throw .badRequest("window is minute or hour.")
        }
        self = window
    }
}
