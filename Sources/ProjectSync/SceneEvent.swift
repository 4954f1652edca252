import NIOCore

/// A scene's new state, ready to be sent as a `scene` event with or without an id.
package struct SceneEvent: Sendable {
    /// The most that the event has before its state.
    fileprivate static let head_bytes = 160

    package let scene: Int32
    /// The event's data from `"scene_index"` to its end: what does not depend on its place in a batch.
    fileprivate let state: ByteBuffer

    package init(scene: Int32, of project: Project) {
        self.scene = scene
        let images = project.scenes[scene]?.entries ?? []
        let positions = project.document.positions(of: scene)
        let limit = images.reduce(80 + positions.count * 22) { $0 + $1.url.literal.count + 2 }
        state = ByteBuffer(limit_bytes: limit) { writer in
            writer.write("\"scene_index\": ")
            writer.write(decimal: Int(scene))
            writer.write(", \"positions\": [")
            for (number, position) in positions.enumerated() {
                if number > 0 { writer.write(", ") }
                writer.write(decimal: position)
            }
            writer.write("], \"imageUrls\": [")
            for (number, image) in images.enumerated() {
                if number > 0 { writer.write(", ") }
                writer.write(image.url.literal)
            }
            writer.write("]}\n\n")
        }
    }

    package var size_bytes: Int { state.readableBytes + 64 }

    /// Writes the event. Only the last of a batch bears the revision, and it alone has an id (contract 4), at the offset
    /// that is returned.
    @discardableResult
    fileprivate func write(to writer: inout ByteWriter, project: ProjectID, revision: Revision?) -> Int {
        writer.write("event: scene\n")
        var offset = 0
        if let revision {
            writer.write("id: ")
            offset = writer.count
            revision.write(to: &writer)
            writer.write("\n")
        }
        writer.write("data: {\"project_id\": \"")
        project.write(to: &writer)
        writer.write("\", \"revision\": ")
        if let revision {
            writer.write("\"")
            revision.write(to: &writer)
            writer.write("\", ")
        } else {
            writer.write("null, ")
        }
        state.withUnsafeReadableBytes { writer.write($0) }
        return offset
    }
}

extension Frame {
    /// Several scenes' states that belong together.
    package static func scenes(_ events: [SceneEvent], of project: ProjectID, revision: Revision) -> Frame {
        let limit = events.reduce(0) { $0 + SceneEvent.head_bytes + $1.state.readableBytes }
        var offset = 0
        let buffer = ByteBuffer(limit_bytes: limit) { writer in
            for event in events.dropLast() { event.write(to: &writer, project: project, revision: nil) }
            if let last = events.last { offset = last.write(to: &writer, project: project, revision: revision) }
        }
        return Frame([buffer], id: revision, at: offset)
    }
}
