import ProjectSync
import RandomNumbers
import Testing

@testable import ChangeFeed

@Suite struct ChangeDecoderTests {
    static let id = "aaaaaaaa-0000-4000-8000-000000000001"
    static let start =
        #"{"v":1,"op":"insert","project":"\#(id)","xid":"18446744073709551615","n":45,"at":1000,"began":900,"pid":7,"rows":2,"#

    private func decode(_ text: String) throws -> FeedMessage {
        try ChangeDecoder.decode(Array(text.utf8))
    }

    private func change(_ effect: Change.Effect, rows: Int = 2) -> FeedMessage {
        .change(
            Change(
                operation: .insert, project: ProjectID(Self.id), xid: .max, n: 45, statementTime_microseconds: 1_000,
                transactionTime_microseconds: 900, backendPID: 7, rows: rows, effect: effect))
    }

    @Test func `what a statement did to places is read whole`() throws {
        let message = try decode(Self.start + #""set":[[1,0,"a\n\"é😀"],[-2,3,"b"]],"gone":[[1,1]],"lost":[[1,44]]}"#)

        let set = [
            Image(place: Place(scene: 1, image: 0), url: ImageURL("a\n\"é😀")),
            Image(place: Place(scene: -2, image: 3), url: ImageURL("b")),
        ]
        #expect(message == change(.images(set: set, gone: [Place(scene: 1, image: 1)], lost: [1: 44])))
    }

    @Test func `the fallbacks are read`() throws {
        #expect(try decode(Self.start + #""scenes":[1,2]}"#) == change(.rereadScenes([1, 2])))
        #expect(try decode(Self.start + #""reload":true}"#) == change(.reload))
    }

    @Test func `what a later version may add is passed over`() throws {
        #expect(
            try decode(Self.start + #""set":[],"new":{"a":[1,"]"]}}"#) == change(.images(set: [], gone: [], lost: [:])))
    }

    @Test func `a truncation concerns every project`() throws {
        guard
            case .change(let change) = try decode(
                #"{"v":1,"op":"truncate","project":null,"xid":"5","n":1,"rows":0,"reload":true}"#)
        else {
            Issue.record("not a change")
            return
        }
        #expect(change.project == nil)
        #expect(change.effect == .reload)
    }

    @Test func `a daemon's sign is read as it is written`() throws {
        for sign in [
            DaemonSign(daemon: 9, fence: 12), DaemonSign(daemon: 9, turn: 3, mode: .quiet),
            DaemonSign(daemon: 9, turn: .max, mode: .busy, fence: 1),
        ] {
            #expect(try decode(sign.payload) == .sign(sign))
        }
    }

    @Test(arguments: [
        "", " ", "x", "null", "[]", "{}", "\"\"", #"{"v":1}"#, #"{"v":2,"daemon":9,"fence":12}"#,
        #"{"v":1,"daemon":-9,"fence":12}"#,
        #"{"v":1,"op":"insert","project":null,"xid":"5","n":1,"set":[]}"#,
        #"{"v":1,"op":"drop","project":"\#(id)","xid":"5","n":1,"set":[]}"#,
        #"{"v":1,"op":"truncate","project":"\#(id)","xid":"5","n":1,"reload":true}"#,
        #"{"v":1,"op":"insert","project":"x","xid":"5","n":1,"set":[]}"#,
        start + #""set":[[1,0]]}"#, start + #""set":[[1,0,3]]}"#, start + #""set":[[1,0,"a",1]]}"#,
        start + #""set":[[2147483648,0,"a"]]}"#,
        start + #""set":[[1.5,0,"a"]]}"#, start + #""set":[[1,0,"\ud800"]]}"#, start + #""set":[]}x"#,
        start + #""set":[]"#, start + #""set":{}}"#,
        start + #""reload":false}"#, start + #""gone":[[1,1]]}"#,
        #"{"v":1,"op":"insert","project":"\#(id)","xid":5,"n":1,"set":[]}"#,
        #"{"v":1,"op":"insert","project":"\#(id)","xid":"5","n":99999999999999999999,"set":[]}"#,
        #"{"v":1,"op":"insert","project":"\#(id)","xid":"5","n":1,"rows":9223372036854775807,"set":[]}"#,
    ])
    func `anything else is refused`(payload: String) {
        #expect(throws: JSONError.self) { try decode(payload) }
    }

    @Test(arguments: [
        UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "\""), UInt8(ascii: "\\"), 0, 0x80, 0xFF, UInt8(ascii: " "),
    ])
    func `7,999 bytes of one kind are refused at once`(byte: UInt8) {
        #expect(throws: JSONError.self) { try ChangeDecoder.decode(Array(repeating: byte, count: 7_999)) }
    }

    @Test func `no mutation of a payload crashes the decoder`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let payload = Array((Self.start + #""set":[[1,0,"a\n\u00e9"],[2,3,"b"]],"gone":[[1,1]],"lost":[[1,44]]}"#).utf8)

        for _ in 0..<20_000 {
            var mutated = payload
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let at = Int.random(in: 0..<mutated.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: mutated[at] = UInt8.random(in: 0...255, using: &random)
                case 1: mutated.remove(at: at)
                default: mutated.insert(UInt8.random(in: 0...255, using: &random), at: at)
                }
            }
            do {
                if case .change(let change) = try ChangeDecoder.decode(mutated),
                    case .images(let set, _, _) = change.effect
                {
                    // What is let through is text that can be embedded in an answer as it is.
                    for image in set {
                        let text = try #require(String(validating: image.url.literal, as: UTF8.self), "seed \(seed)")
                        #expect(!text.utf8.contains { $0 < 0x20 }, "seed \(seed)")
                    }
                }
            } catch is JSONError {}
        }
    }
}
