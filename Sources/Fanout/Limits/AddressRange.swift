/// The addresses that begin with the same bits: `10.0.0.0/8`, `2001:db8::/32`, or a single one.
package struct AddressRange: Hashable, Sendable {
    private let first: UInt128
    private let mask: UInt128

    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap({ ClientAddress($0) }), parts.count <= 2 else { return nil }
        let bits = address.isV4 ? 32 : 128
        var length = bits
        if parts.count == 2 {
            guard let given = UInt8(parts[1]), given <= bits, parts[1].first != "+" else { return nil }
            length = Int(given)
        }
        let suffix = bits - length
        mask = suffix == 128 ? 0 : ~UInt128(0) << UInt128(suffix)
        first = address.bits & mask
    }

    package func contains(_ address: ClientAddress) -> Bool {
        address.bits & mask == first
    }
}
