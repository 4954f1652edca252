import CLinux
import Glibc

/// For how long a connection's other end has been silent, and how often it was asked meanwhile.
///
/// The kernel of a client that does not read acknowledges all the same, and answers the probes of its closed window. So who
/// is only slow is told from who has vanished, which TCP_USER_TIMEOUT would not do.
package struct PeerSilence {
    /// How often it is looked at.
    package static let period_seconds = 15
    /// As soon as that a peer to which nothing is on its way would be given up for keep-alive probes.
    private static let most_milliseconds: UInt32 = 45_000
    /// Some may be lost. While a window is closed there may be two minutes from one to the next.
    private static let mostUnanswered: UInt8 = 3

    /// Since the last acknowledgement.
    let milliseconds: UInt32
    /// Retransmissions, or probes, that came after it.
    let unanswered: UInt8

    init(milliseconds: UInt32, unanswered: UInt8) {
        self.milliseconds = milliseconds
        self.unanswered = unanswered
    }

    /// Nil where the kernel does not tell.
    package init?(of descriptor: CInt) {
        var info = tcp_info()
        var length = socklen_t(MemoryLayout<tcp_info>.size)
        guard getsockopt(descriptor, CInt(IPPROTO_TCP), TCP_INFO, &info, &length) == 0 else { return nil }
        self.init(
            milliseconds: info.tcpi_last_ack_recv, unanswered: max(info.tcpi_retransmits, info.tcpi_probes))
    }

    /// Whether the other end has vanished without a word.
    package var isForEver: Bool { unanswered >= Self.mostUnanswered && milliseconds >= Self.most_milliseconds }
}
