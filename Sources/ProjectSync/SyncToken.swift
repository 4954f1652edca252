/// Stands for a write: the transaction that made it, and the cluster that it is of. `0123456789abcdef-4711`
package struct SyncToken: Hashable, Sendable, CustomStringConvertible {
    package let cluster: UInt64
    package let xid: UInt64

    package init(cluster: UInt64, xid: UInt64) {
        self.cluster = cluster
        self.xid = xid
    }

    /// nil if we would never have written it.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let cluster = Self.cluster(parts[0]), let xid = UInt64(parts[1]), xid > 0 else {
            return nil
        }
        self.init(cluster: cluster, xid: xid)
        guard description == text else { return nil }
    }

    /// A cluster's name: 16 hexadecimal digits.
    package static func cluster(_ text: some StringProtocol) -> UInt64? {
        text.utf8.count == 16 ? UInt64(text, radix: 16) : nil
    }

    package var description: String {
        let digits = String(cluster, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits + "-\(xid)"
    }
}
