import Fanout
import NIOCore

@testable import ChangeFeed
@testable import ProjectSync
@testable import SyncHTTP

/// A reader of bytes that anybody may have sent. Whatever they are, it must not crash, and what it says of them must hold.
package enum Reader: String, CaseIterable {
    case payload, document, body, query, project, jointID, syncToken, head, forwardedFor, token, origin

    package func read(_ bytes: [UInt8]) throws {
        switch self {
        case .payload: try Self.payload(bytes)
        case .document: try Self.document(bytes)
        case .body: try Self.body(bytes)
        case .query: Self.query(bytes)
        case .project: try Self.project(bytes)
        case .jointID: try Self.jointID(bytes)
        case .syncToken: try Self.syncToken(bytes)
        case .head: try Self.head(bytes)
        case .forwardedFor: try Self.forwardedFor(bytes)
        case .token: try Self.token(bytes)
        case .origin: try Self.origin(bytes)
        }
    }

    /// What is read is read again from what it says.
    private static func payload(_ bytes: [UInt8]) throws {
        guard case .sign(let sign)? = try? ChangeDecoder.decode(bytes) else { return }
        guard case .sign(sign)? = try? ChangeDecoder.decode(Array(sign.payload.utf8)) else {
            throw Finding("a sign that is not read as it is written")
        }
    }

    /// Scenes lie in the text, each behind the one before.
    private static func document(_ bytes: [UInt8]) throws {
        let splitter = bytes.withUnsafeBytes { try? DocumentSplitter($0) }
        guard let splitter, let scenes = splitter.scenes else { return }
        guard scenes.lowerBound >= 0, scenes.upperBound <= bytes.count else {
            throw Finding("scenes outside of the text")
        }
        var end = scenes.lowerBound
        for slot in splitter.slots {
            guard slot.replaced.lowerBound >= end, slot.replaced.upperBound <= scenes.upperBound else {
                throw Finding("a scene's pictures outside of its scene")
            }
            end = slot.replaced.upperBound
        }
    }

    /// What is handed to the database is JSON.
    private static func body(_ bytes: [UInt8]) throws {
        guard let images = bytes.withUnsafeBytes({ try? ImagesBody.read($0) }) else { return }
        let isJSON = Array(images.utf8).withUnsafeBytes { text in
            var json = JSONCursor(text)
            return (try? json.strictValue()) != nil && json.peek() == nil
        }
        guard isJSON, String(validating: Array(images.utf8), as: UTF8.self) != nil else {
            throw Finding("images that are no JSON")
        }
    }

    private static func query(_ bytes: [UInt8]) {
        let query = Query(String(decoding: bytes, as: UTF8.self)[...])
        for name in ["scene_index", "last_event_id", "sync_token", ""] { _ = (query[name], query.all(name)) }
    }

    private static func project(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let id = ProjectID(text) else { return }
        guard id.description == text.lowercased(), ProjectID(id.description) == id else {
            throw Finding("an id that is another")
        }
    }

    private static func jointID(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        let projects = examplesOfProjects.compactMap { ProjectID($0) }
        guard let id = JointID(text, of: projects) else { return }
        guard id.description == text, id.revisions.count == projects.count else {
            throw Finding("an event id that is another")
        }
    }

    private static func syncToken(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let token = SyncToken(text) else { return }
        guard token.description == text else { throw Finding("a token that is another") }
    }

    /// The result is the same however the bytes come; what the front takes for plain is a whole request here, too; and a
    /// line never ends in two ways.
    private static func head(_ bytes: [UInt8]) throws {
        let rules = ConnectionRules(head_bytes: 1_000, url_bytes: 200, body_bytes: 100)
        let whole = Framed(bytes, piece: max(bytes.count, 1), rules)
        for size in [1, 2, 5] where Framed(bytes, piece: size, rules) != whole {
            throw Finding("another result in pieces of \(size) bytes")
        }
        if case .plain(let request) = bytes.withUnsafeBytes({ PlainRequest.read($0) }),
            request.length <= rules.head_bytes, request.target.count <= rules.url_bytes
        {
            guard whole.passed.starts(with: bytes[..<request.length]) else {
                throw Finding("a plain request that is refused")
            }
        }
        // Of HTTP/1.0 each request is told to be the last one.
        let added =
            String(decoding: bytes, as: UTF8.self).ranges(of: "HTTP/1.0").count * "Connection: close\r\n".utf8.count
        guard whole.refusal != nil || whole.passed.count <= bytes.count + added else {
            throw Finding("more than there was")
        }
    }

    private static func forwardedFor(_ bytes: [UInt8]) throws {
        guard let proxy = ClientAddress("10.0.0.1"), let range = AddressRange("10.0.0.0/8") else { return }
        let text = String(decoding: bytes, as: UTF8.self)
        let proxies = TrustedProxies([range])
        let client = proxies.client(of: proxy, forwardedFor: [text])
        guard proxies.client(of: proxy, forwardedFor: ["9.9.9.9, " + text]) == client || range.contains(client) else {
            throw Finding("somebody further left is believed")
        }
        _ = AddressRange(text)
    }
}

/// What a framer made of some bytes.
private struct Framed: Equatable {
    var passed: [UInt8] = []
    var refusal: Refusal?

    init(_ bytes: [UInt8], piece size: Int, _ rules: ConnectionRules) {
        var framer = RequestFramer(rules)
        var input = ByteBuffer()
        var rest = bytes[...]
        while !rest.isEmpty {
            input.writeBytes(rest.prefix(size))
            rest = rest.dropFirst(size)
            steps: while true {
                switch framer.next(&input) {
                case .pass(let part): passed += part.readableBytesView
                case .wait: break steps
                case .refuse(let refusal):
                    self.refusal = refusal
                    return
                }
            }
        }
    }
}
