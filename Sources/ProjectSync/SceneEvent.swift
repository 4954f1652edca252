import NIOCore

/// A scene's new state, ready to be sent as a `scene` event with or without an id.
package struct SceneEvent: Sendable {
    package let scene: Int32
    /// The event's data from `"scene_index"` to its end: what does not depend on its place in a batch.
    private let state: ByteBuffer

    package init(scene: Int32, of project: Project) {
        self.scene = scene
        let images = project.scenes[scene]
        var state = ByteBuffer()
        // Grown step by step it would be copied several times.
        state.reserveCapacity(128 + (images?.entries.reduce(0) { $0 + $1.url.literal.count + 4 } ?? 0))
        let positions = project.document.positions(of: scene).map(String.init).joined(separator: ", ")
        state.writeString("\"scene_index\": \(scene), \"positions\": [\(positions)], \"imageUrls\": ")
        state.write(imageURLs: images)
        state.writeString("}\n\n")
        self.state = state
    }

    package var size_bytes: Int { state.readableBytes + 64 }

    /// Appends the event. Only the last of a batch bears the revision, and it alone has an id (contract 4).
    package func write(to buffer: inout ByteBuffer, project: ProjectID, revision: Revision?) {
        buffer.writeString("event: scene\n")
        if let revision { buffer.writeString("id: \(revision)\n") }
        buffer.writeString("data: {\"project_id\": \"\(project)\", \"revision\": ")
        buffer.writeString(revision.map { "\"\($0)\", " } ?? "null, ")
        buffer.writeImmutableBuffer(state)
    }
}

extension Frame {
    /// Several scenes' states that belong together.
    package static func scenes(_ events: [SceneEvent], of project: ProjectID, revision: Revision) -> Frame {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(events.reduce(0) { $0 + $1.size_bytes + 128 })
        for (number, event) in events.enumerated() {
            event.write(to: &buffer, project: project, revision: number == events.count - 1 ? revision : nil)
        }
        return Frame([buffer])
    }
}
