import Glibc
import NIOCore

/// Where a client is: an IPv6 address, or an IPv4 one mapped into it (RFC 4291, 2.5.5.2).
package struct ClientAddress: Hashable, Sendable {
    package static let unknown = ClientAddress(high: 0, low: 0)
    private static let mapped: UInt64 = 0xffff_0000_0000

    private let high: UInt64
    private let low: UInt64

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    private init(v4 address: in_addr) {
        self.init(high: 0, low: Self.mapped | UInt64(UInt32(bigEndian: address.s_addr)))
    }

    private init(v6 address: in6_addr) {
        let halves = unsafeBitCast(address, to: (UInt64, UInt64).self)
        self.init(high: UInt64(bigEndian: halves.0), low: UInt64(bigEndian: halves.1))
    }

    /// As people write it, IPv4 or IPv6, without a port.
    package init?(_ text: some StringProtocol) {
        let text = String(text)
        guard text.utf8.count <= 45, !text.utf8.contains(0) else { return nil }
        var v4 = in_addr()
        var v6 = in6_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            self.init(v4: v4)
        } else if inet_pton(AF_INET6, text, &v6) == 1 {
            self.init(v6: v6)
        } else {
            return nil
        }
    }

    /// The other end of a socket, as the kernel tells it.
    package init(_ storage: sockaddr_storage) {
        let family = CInt(storage.ss_family)
        self = withUnsafeBytes(of: storage) { bytes in
            switch family {
            case AF_INET: ClientAddress(v4: bytes.loadUnaligned(as: sockaddr_in.self).sin_addr)
            case AF_INET6: ClientAddress(v6: bytes.loadUnaligned(as: sockaddr_in6.self).sin6_addr)
            default: .unknown
            }
        }
    }

    /// The other end of a channel.
    package init(_ address: SocketAddress?) {
        switch address {
        case .v4(let address): self.init(v4: address.address.sin_addr)
        case .v6(let address): self.init(v6: address.address.sin6_addr)
        case .unixDomainSocket, nil: self = .unknown
        }
    }

    package var isV4: Bool { high == 0 && low >> 32 == 0xffff }

    /// The 128 bits, of which an IPv4 address is the last 32.
    var bits: UInt128 { UInt128(high) << 64 | UInt128(low) }

    /// Whom a limit counts as one: an IPv4 address, or the IPv6 network of 64 bits, of which a single host has its choice.
    var household: ClientAddress {
        isV4 ? self : ClientAddress(high: high, low: 0)
    }
}
