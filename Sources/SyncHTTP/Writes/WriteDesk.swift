import Fanout
import HTTPTypes
import HummingbirdCore
import NIOCore
import ProjectSync

/// Takes the writes of clients: reads and checks what they send, and tells how it ended.
package struct WriteDesk: Sendable {
    /// Bodies of this many requests of the largest size may be in memory at one time.
    private static let largestBodiesAtOnce = 8
    private static let longestKey = 255

    private let writer: any ProjectWriter
    private let isReadOnly: Bool
    private let maxBody_bytes: Int
    private let budget: BodyBudget
    package let counters = WriteCounters()

    package init(_ writer: any ProjectWriter, maxBody_bytes: Int, isReadOnly: Bool) {
        self.writer = writer
        self.isReadOnly = isReadOnly
        self.maxBody_bytes = maxBody_bytes
        budget = BodyBudget(limit_bytes: maxBody_bytes * Self.largestBodiesAtOnce)
    }

    /// Whether the client waits with a body that will be read (RFC 9110, 10.1.1).
    func isExpectedToContinue(_ request: Request) -> Bool {
        guard request.headers[.expect]?.lowercased() == "100-continue", !isReadOnly else { return false }
        return request.headers[.contentLength].flatMap { Int($0) }.map { $0 <= maxBody_bytes } ?? true
    }

    func reply(
        to request: Request, _ project: ProjectID, _ query: Query, as caller: Caller?
    ) async throws(Problem) -> Reply {
        if isReadOnly { throw .readOnly }
        let key = try Self.key(request.headers)
        if request.method == .delete {
            return try await write(.regenerate(scenes: Self.scenes(query)), to: project, key, as: caller)
        }
        try Self.checkType(request.headers)
        let length = request.headers[.contentLength].flatMap { Int($0) }
        if let length, length > maxBody_bytes { throw .tooLarge(maxBody_bytes) }
        var taken = 0
        defer { budget.giveBack(taken) }
        let images = try ImagesBody.read(try await body(of: request, &taken))
        let isUpsert = request.method == .put
        return try await write(isUpsert ? .upsert(images: images) : .save(images: images), to: project, key, as: caller)
    }

    func generations(of project: ProjectID) async throws(Problem) -> Reply {
        switch await writer.generations(of: project) {
        case .found(let text): .json(text)
        case .unknown: throw .unknownProject(project.description)
        case .unavailable(let reason): throw .unavailable(reason)
        case .failed: throw .failed
        }
    }

    private func write(
        _ write: ProjectWrite, to project: ProjectID, _ key: String?, as caller: Caller?
    ) async throws(Problem) -> Reply {
        let outcome = await writer.write(write, to: project, key: key, as: caller)
        counters.count(write, outcome)
        switch outcome {
        case .done(let status, let body, let token, _):
            var reply = Reply.json(body, status: HTTPResponse.Status(code: status))
            reply.headers[.syncToken] = token.description
            return reply
        case .refused(401, _, _): throw .roleWanted
        case .refused(403, _, _): throw .mayNotWrite
        case .refused(let status, let name, let members):
            throw .refusedWrite(project, HTTPResponse.Status(code: status), name, members: members)
        case .forbidden(let reason): throw .forbiddenByDatabase(reason)
        case .unavailable(let reason): throw .unavailable(reason)
        case .failed: throw .failed
        }
    }

    /// `taken` is what it has taken of the budget, whatever happens.
    private func body(of request: Request, _ taken: inout Int) async throws(Problem) -> ByteBuffer {
        var body = ByteBuffer()
        do {
            for try await var part in request.body {
                let count = part.readableBytes
                guard body.readableBytes + count <= maxBody_bytes else { throw Problem.tooLarge(maxBody_bytes) }
                guard budget.take(count) else { throw Problem.busy }
                taken += count
                body.writeBuffer(&part)
            }
        } catch let problem as Problem {
            throw problem
        } catch let refusal as Refusal {
            throw refusal.problem(ConnectionRules(body_bytes: maxBody_bytes))
        } catch {
            throw .badRequest("The body has not arrived whole.")
        }
        return body
    }

    private static func checkType(_ headers: HTTPFields) throws(Problem) {
        let type = headers[.contentType]?.split(separator: ";").first?.filter { $0 != " " && $0 != "\t" }
        guard type?.lowercased() == "application/json" else { throw .unsupportedType }
        let coding = headers[.contentEncoding]?.lowercased() ?? "identity"
        guard coding == "identity" else { throw .unsupportedCoding }
    }

    private static func key(_ headers: HTTPFields) throws(Problem) -> String? {
        let keys = headers[values: .idempotencyKey]
        guard let key = keys.first else { return nil }
        guard keys.count == 1, 1...longestKey ~= key.utf8.count, key.utf8.allSatisfy({ 0x20..<0x7f ~= $0 }) else {
            throw .badRequest("An Idempotency-Key is 1 to \(longestKey) characters of ASCII.")
        }
        return key
    }

    /// nil for all.
    private static func scenes(_ query: Query) throws(Problem) -> [Int32]? {
        let texts = query.all("scene_index")
        guard !texts.isEmpty else { return nil }
        var scenes: [Int32] = []
        for text in texts {
            guard let scene = Int32(text) else { throw .badSceneIndex(text) }
            scenes.append(scene)
        }
        return scenes
    }
}

extension ImagesBody {
    fileprivate static func read(_ body: ByteBuffer) throws(Problem) -> String {
        let result: Result<String, Problem> = body.withUnsafeReadableBytes { bytes in
            do throws(Problem) { return .success(try read(bytes)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}

extension HTTPField.Name {
    static let syncToken = HTTPField.Name("Sync-Token") ?? .cacheControl
    static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .cacheControl
}
