import Crypto
import Postgres
import ProjectSync

/// Tells what our triggers and daemons have notified from what anybody else has who learned the channel's name.
///
/// A payload begins with the first half of its HMAC-SHA256, in hexadecimal digits, under a key that only the owner and
/// the daemons may read. It also names the session that sent it, and PostgreSQL says which one really did: what was heard
/// on the channel cannot be said again by another.
package struct Seal: Sendable {
    private static let code_bytes = 16

    /// Begun with the key, which is half the work for a short text.
    private let begun: HMAC<SHA256>

    /// The key in hexadecimal digits; nil for anything else.
    package init?(key digits: String) {
        let text = Array(digits.utf8)
        guard text.count == 64 else { return nil }
        var key: [UInt8] = []
        for start in stride(from: 0, to: text.count, by: 2) {
            guard let high = HexDigit.value(of: text[start]), let low = HexDigit.value(of: text[start + 1]) else {
                return nil
            }
            key.append(high << 4 | low)
        }
        begun = HMAC<SHA256>(key: SymmetricKey(data: key))
    }

    package func close(_ text: String) -> String {
        String(decoding: code(of: Array(text.utf8)[...]), as: UTF8.self) + text
    }

    /// What it says, if it is of ours.
    package func open(_ announcement: Announcement) -> FeedMessage? {
        let payload = announcement.payload
        let text = payload.dropFirst(Self.code_bytes * 2)
        guard payload.count > Self.code_bytes * 2, isCode(payload.prefix(Self.code_bytes * 2), of: text),
            let message = try? ChangeDecoder.decode(Array(text)), message.backendPID == announcement.backendPID
        else { return nil }
        return message
    }

    /// Takes as long for every wrong code.
    private func isCode(_ given: ArraySlice<UInt8>, of text: ArraySlice<UInt8>) -> Bool {
        zip(given, code(of: text)).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private func code(of text: ArraySlice<UInt8>) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        var code = begun
        code.update(data: text)
        return code.finalize().prefix(Self.code_bytes)
            .flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }
}

extension FeedMessage {
    /// The session that it says it is of.
    fileprivate var backendPID: Int32 {
        switch self {
        case .change(let change): change.backendPID
        case .sign(let sign): sign.pid
        }
    }
}
