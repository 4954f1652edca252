import NIOCore

/// A project's `generated_output` as PostgreSQL printed it, and where its scenes take their pictures.
///
/// The text is never decoded and encoded again: a number of 400 digits, or `1.10`, has to arrive as it was stored.
package final class ProjectDocument: Sendable {
    /// The document's text; `null` for SQL's NULL.
    let text: ByteBuffer
    package let isNull: Bool
    /// The array of scenes within the text; nil where nothing is merged (contract M2).
    let scenes: Range<Int>?
    package let slots: [SceneSlot]
    /// The beginning of its title, if it has one.
    package let title: String?
    private let positionsByIndex: [Int32: [Int]]

    package init(_ text: UnsafeRawBufferPointer?) throws(JSONError) {
        isNull = text == nil
        guard let text else {
            self.text = ByteBuffer(staticString: "null")
            scenes = nil
            slots = []
            title = nil
            positionsByIndex = [:]
            return
        }
        let splitter = try DocumentSplitter(text)
        self.text = ByteBuffer(bytes: text)
        scenes = splitter.scenes
        slots = splitter.slots
        title = splitter.title
        var byIndex: [Int32: [Int]] = [:]
        for slot in splitter.slots {
            if let index = slot.index { byIndex[index, default: []].append(slot.position) }
        }
        positionsByIndex = byIndex
    }

    /// The 0-based places in `scenes` of the scenes that rows of this index belong to.
    package func positions(of scene: Int32) -> [Int] {
        positionsByIndex[scene, default: []]
    }

    /// About how much memory the document takes.
    var size_bytes: Int {
        text.readableBytes + (title?.utf8.count ?? 0) + slots.count * MemoryLayout<SceneSlot>.stride + positionsByIndex
            .count * 64
    }
}
