/// A client that takes a kilobyte a second of a project's events.
actor SlowReader {
    private static let rate_bytes = 1_000

    private var viewer: Viewer

    private init(_ viewer: Viewer) {
        self.viewer = viewer
    }

    static func open(_ project: String, on stage: Stage) async throws -> SlowReader {
        var viewer = try await Viewer.open(project, at: stage.daemon.port, receiveBuffer: 4_096)
        try await viewer.read(through: "ready")
        return SlowReader(viewer)
    }

    /// Until the task is cancelled.
    func readSlowly() async {
        while !Task.isCancelled {
            var copy = viewer
            guard let event = try? await copy.next(within: .milliseconds(500)) else { continue }
            viewer = copy
            try? await Task.sleep(for: .seconds(1) * event.data.utf8.count / Self.rate_bytes)
        }
    }

    /// As fast as it can.
    func read(toRevision revision: String) async throws {
        var copy = viewer
        try await copy.read(toRevision: revision, within: .seconds(30))
        viewer = copy
    }

    var generatedOutput: String? {
        viewer.mirror.generatedOutput
    }
}
