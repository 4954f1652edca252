/// Which transactions a load could see: PostgreSQL's `pg_snapshot`.
package struct TransactionSnapshot: Equatable, Sendable {
    package let xmin: UInt64
    package let xmax: UInt64
    package let inProgress: Set<UInt64>

    package init(xmin: UInt64, xmax: UInt64, inProgress: Set<UInt64> = []) {
        self.xmin = xmin
        self.xmax = xmax
        self.inProgress = inProgress
    }

    /// Reads PostgreSQL's text form, `xmin:xmax:xip,xip…`; nil if it is not one.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let xmin = UInt64(parts[0]), let xmax = UInt64(parts[1]), xmin <= xmax else {
            return nil
        }
        var inProgress: Set<UInt64> = []
        for part in parts[2].split(separator: ",") {
            guard let xid = UInt64(part) else { return nil }
            inProgress.insert(xid)
        }
        self.init(xmin: xmin, xmax: xmax, inProgress: inProgress)
    }

    /// Whether a load under this snapshot already holds the work of `xid`.
    package func sees(_ xid: UInt64) -> Bool {
        xid < xmin || (xid < xmax && !inProgress.contains(xid))
    }

    /// Whether this one sees every transaction that `other` sees.
    package func covers(_ other: TransactionSnapshot) -> Bool {
        xmax >= other.xmax && inProgress.allSatisfy { !other.sees($0) }
    }
}
