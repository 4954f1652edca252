/// What was written within one second, or another span of time.
package struct Tally: Equatable, Sendable {
    package var inserted: Int32 = 0
    package var updated: Int32 = 0
    package var deleted: Int32 = 0
    /// Pictures that another one was put in the place of.
    package var overwritten: Int32 = 0
    /// Rows of transactions that had begun before their scene was emptied.
    package var late: Int32 = 0
    /// The most write transactions that were open at one moment.
    package var overlap: Int32 = 0

    package init() {}

    package var rows: Int { Int(inserted) + Int(updated) + Int(deleted) }

    mutating func add(_ other: Tally) {
        inserted &+= other.inserted
        updated &+= other.updated
        deleted &+= other.deleted
        overwritten &+= other.overwritten
        late &+= other.late
        overlap = max(overlap, other.overlap)
    }
}
