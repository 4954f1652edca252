import NIOCore

/// The body of `GET /v1/projects/{id}`, encoded once for a revision and shared by everybody who reads it.
package final class ProjectBody: Sendable {
    package let revision: Revision
    /// The revision as HTTP writes it (RFC 9110, section 8.8.3).
    package let entityTag: String
    /// `{"id": "…", "generated_output": …}`.
    package let project: ByteBuffer
    /// The merged `scenes` array alone; `[]` where the document has none.
    package let scenes: ByteBuffer
    package let compressedProject = CompressedForm()
    package let compressedScenes = CompressedForm()

    /// What all of it takes in memory.
    var size_bytes: Int {
        project.readableBytes + compressedProject.size_bytes + compressedScenes.size_bytes
    }

    package init(_ project: Project) {
        revision = project.revision
        entityTag = "\"\(project.revision)\""
        let document = project.document
        var bytes = ByteBuffer()
        bytes.reserveCapacity(document.text.readableBytes + 128)
        bytes.writeString(#"{"id": ""#)
        bytes.writeString(project.id.description)
        bytes.writeString(#"", "generated_output": "#)
        var copied = 0
        var scenesStart = bytes.writerIndex
        var scenesEnd = bytes.writerIndex
        if let scenes = document.scenes {
            bytes.write(document.text, copied..<scenes.lowerBound)
            copied = scenes.lowerBound
            scenesStart = bytes.writerIndex
            for slot in document.slots {
                bytes.write(document.text, copied..<slot.replaced.lowerBound)
                bytes.writeStaticString(slot.before)
                bytes.write(picturesOf: slot, in: project)
                bytes.writeStaticString(slot.after)
                copied = slot.replaced.upperBound
            }
            bytes.write(document.text, copied..<scenes.upperBound)
            copied = scenes.upperBound
            scenesEnd = bytes.writerIndex
        }
        bytes.write(document.text, copied..<document.text.readableBytes)
        bytes.writeString("}")
        scenes =
            scenesStart < scenesEnd
            ? bytes.getSlice(at: scenesStart, length: scenesEnd - scenesStart) ?? ByteBuffer()
            : ByteBuffer(string: "[]")
        self.project = bytes
    }
}

extension ByteBuffer {
    fileprivate mutating func write(_ text: ByteBuffer, _ range: Range<Int>) {
        text.withUnsafeReadableBytes { _ = writeBytes($0[range]) }
    }

    fileprivate mutating func write(picturesOf slot: SceneSlot, in project: Project) {
        if let scene = slot.index, !project.isOnFallback(scene) {
            write(imageURLs: project.scenes[scene])
        } else if let stored = slot.stored {
            write(project.document.text, stored)
        } else {
            writeString("[]")
        }
    }

    /// A scene's URLs as the JSON array that answers and events hold.
    mutating func write(imageURLs images: SceneImages?) {
        writeString("[")
        for (number, entry) in (images?.entries ?? []).enumerated() {
            if number > 0 { writeString(", ") }
            writeBytes(entry.url.literal)
        }
        writeString("]")
    }
}
