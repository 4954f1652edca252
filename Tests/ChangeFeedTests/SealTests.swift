import Postgres
import ProjectSync
import Testing

@testable import ChangeFeed

@Suite struct SealTests {
    private static let key = String(repeating: "0b", count: 32)
    private static let change =
        #"{"v":1,"op":"insert","project":"\#(ChangeDecoderTests.id)","xid":"5","n":1,"pid":7,"rows":1,"set":[]}"#

    private let seal: Seal

    init() throws {
        seal = try #require(Seal(key: Self.key))
    }

    private func open(_ payload: String, from pid: Int32 = 7) -> FeedMessage? {
        seal.open(Announcement(channel: "c", payload: Array(payload.utf8), backendPID: pid))
    }

    @Test func `it is HMAC-SHA256`() throws {
        // RFC 4231, test case 1, has a key of 20 bytes; HMAC fills it up with zeros.
        let seal = try #require(Seal(key: String(repeating: "0b", count: 20) + String(repeating: "00", count: 12)))

        #expect(seal.close("Hi There") == "b0344c61d8db38535ca8afceaf0bf12bHi There")
    }

    @Test func `what was closed is opened`() {
        let sign = DaemonSign(daemon: 9, pid: 7, turn: 3, mode: .quiet, fence: 1)

        #expect(open(seal.close(sign.payload)) == .sign(sign))
        guard case .change? = open(seal.close(Self.change)) else {
            Issue.record("not a change")
            return
        }
    }

    @Test func `what another session says again is not`() {
        #expect(open(seal.close(Self.change), from: 8) == nil)
        #expect(open(seal.close(DaemonSign(daemon: 9, pid: 7).payload), from: 8) == nil)
    }

    @Test func `no bit of it may be another`() {
        let closed = Array(seal.close(Self.change).utf8)

        for position in closed.indices {
            for bit in 0..<8 {
                var forged = closed
                forged[position] ^= 1 << UInt8(bit)
                let message = seal.open(Announcement(channel: "c", payload: forged, backendPID: 7))
                #expect(message == nil, "byte \(position), bit \(bit)")
            }
        }
    }

    @Test func `another key, no code, a part of it, and what follows it are refused`() throws {
        let closed = seal.close(Self.change)
        let other = try #require(Seal(key: String(repeating: "0c", count: 32)))

        let forged =
            [Self.change, other.close(Self.change), closed.uppercased(), closed + " ", " " + closed, ""]
            + (0..<closed.utf8.count).map { String(closed.prefix($0)) }
            + [String(repeating: "0", count: 32) + Self.change, seal.close(""), seal.close("{}")]
        for payload in forged { #expect(open(payload) == nil, "\(payload)") }
    }

    @Test(arguments: ["", "0b", String(repeating: "0b", count: 33), String(repeating: "zz", count: 32)])
    func `a key is 32 bytes in hexadecimal digits`(digits: String) {
        #expect(Seal(key: digits) == nil)
    }
}
