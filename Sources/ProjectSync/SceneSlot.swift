/// Where the `imageUrls` of one scene of a document belong.
package struct SceneSlot: Sendable {
    /// The 0-based place of the scene in `scenes`.
    package let position: Int
    /// The index by which rows find the scene; nil if no row can (contract M3).
    package let index: Int32?
    /// The bytes of the document that the list of pictures takes the place of; empty where the scene has no `imageUrls`.
    let replaced: Range<Int>
    /// The scene's own stored list; nil if it has none that is an array.
    let stored: Range<Int>?
    /// What goes around the list: nothing where it replaces a value, else a whole new member.
    let before: StaticString
    let after: StaticString
}
