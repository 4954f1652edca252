import NIOCore

/// A project's stored `imageUrls` as the rows that they could be: those that readers would see no difference of.
///
/// Only scenes on fallback are looked at, and of those the ones that have stored pictures; rows go before them anyway.
package struct StoredImages: Sendable {
    /// The pictures of all scenes that share an index.
    package struct Scene: Sendable, Equatable {
        package let index: Int32
        /// The stored array, byte for byte: strings that are not empty.
        package let list: String
        package let count: Int

        package init(index: Int32, list: String, count: Int) {
            self.index = index
            self.list = list
            self.count = count
        }
    }

    /// Stored pictures that have to stay where they are.
    package struct LeftOut: Sendable, Equatable {
        /// Nil if no row can have it.
        package let scene: Int32?
        /// The 0-based places in `scenes`.
        package let positions: [Int]
        package let reason: Reason

        package init(scene: Int32?, positions: [Int], reason: Reason) {
            self.scene = scene
            self.positions = positions
            self.reason = reason
        }
    }

    package enum Reason: String, Sendable, CaseIterable {
        /// An image has left the scene, or it was regenerated: the stored ones are not shown.
        case lostFallback = "lost-fallback"
        /// Other scenes of the same index, which would get the same rows, show other pictures.
        case sharedIndex = "shared-index"
        case oddElement = "odd-element"
        case emptyString = "empty-string"
        /// No row can have the scene's index.
        case oddIndex = "odd-index"
    }

    package private(set) var scenes: [Scene] = []
    package private(set) var leftOut: [LeftOut] = []

    package init(of project: Project) throws {
        var order: [Int32] = []
        var sharing: [Int32: [SceneSlot]] = [:]
        for slot in project.document.slots {
            guard let index = slot.index else {
                if project.document.pictures(of: slot) != nil { leave([slot], .oddIndex) }
                continue
            }
            if sharing[index] == nil { order.append(index) }
            sharing[index, default: []].append(slot)
        }
        for index in order where project.scenes[index] == nil {
            try take(sharing[index, default: []], index, of: project)
        }
        leftOut.sort { ($0.positions.first ?? 0) < ($1.positions.first ?? 0) }
    }

    private mutating func take(_ slots: [SceneSlot], _ index: Int32, of project: Project) throws {
        let lists = slots.map { project.document.pictures(of: $0) }
        guard let list = lists.lazy.compactMap({ $0 }).first else { return }
        let (count, oddity) = try Self.look(at: list)
        if project.generations[index] != nil {
            leave(slots, .lostFallback)
        } else if lists.contains(where: { $0 != list }) {
            leave(slots, .sharedIndex)
        } else if let oddity {
            leave(slots, oddity)
        } else {
            scenes.append(Scene(index: index, list: String(decoding: list, as: UTF8.self), count: count))
        }
    }

    private mutating func leave(_ slots: [SceneSlot], _ reason: Reason) {
        leftOut.append(LeftOut(scene: slots.first?.index, positions: slots.map(\.position), reason: reason))
    }

    private static func look(at list: [UInt8]) throws -> (count: Int, oddity: Reason?) {
        try list.withUnsafeBytes { bytes in
            var json = JSONCursor(bytes)
            var count = 0
            var hasOther = false
            var hasEmpty = false
            try json.array { (json) throws(JSONError) in
                let range = try json.value()
                let element = json.bytes(in: range)
                count += 1
                hasOther = hasOther || element.first != UInt8(ascii: "\"")
                hasEmpty = hasEmpty || element.elementsEqual("\"\"".utf8)
            }
            return (count, hasOther ? .oddElement : hasEmpty ? .emptyString : nil)
        }
    }
}

extension ProjectDocument {
    /// The bytes of the array that a scene stores its pictures in; nil if there are none.
    fileprivate func pictures(of slot: SceneSlot) -> [UInt8]? {
        guard let stored = slot.stored else { return nil }
        let bytes = text.withUnsafeReadableBytes { [UInt8]($0[stored]) }
        return bytes.elementsEqual("[]".utf8) ? nil : bytes
    }
}
