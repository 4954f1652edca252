import ProjectSync

/// Puts the changes of the two ways, notifications and table, into one order: while the table is read, notifications
/// wait for the next reading, so that what is shown is always what one snapshot saw.
struct TwoWays {
    private var held: [Change] = []

    mutating func hold(_ changes: [Change]) {
        held += changes
    }

    /// What a reading brought, and what was notified by transactions that it saw; in the order of `n`. All of those have
    /// been heard once the reading's fence has.
    mutating func merge(_ changes: [Change], seenBy snapshot: TransactionSnapshot) -> [Change] {
        if held.isEmpty { return changes.sorted { $0.n < $1.n } }
        let isSeen = { (change: Change) in snapshot.sees(change.xid) }
        let merged = (changes + held.filter(isSeen)).sorted { $0.n < $1.n }
        held.removeAll(where: isSeen)
        return merged
    }

    /// All that waits, in the order of arrival: there will be no further reading to wait for.
    mutating func release() -> [Change] {
        defer { held = [] }
        return held
    }
}
