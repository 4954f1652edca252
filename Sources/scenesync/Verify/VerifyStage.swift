import NIOHTTP1
import Postgres
import ProjectSync
import Synchronization

/// What the checks have to do with: the scratch project in the database, in the daemon's answers and on a stream.
final class VerifyStage: Sendable {
    let project: ScratchProject
    let document: ScratchDocument
    let tables: AppTables
    let sessions: VerifySessions
    let session: Session
    let daemon: DaemonClient
    let viewer = VerifyViewer()
    /// What each scene has to show by now.
    private let lists: Mutex<[Int32: [String]]>

    init(
        _ project: ScratchProject, _ document: ScratchDocument, _ tables: AppTables, _ sessions: VerifySessions,
        _ session: Session, _ daemon: DaemonClient
    ) {
        self.project = project
        self.document = document
        self.tables = tables
        self.sessions = sessions
        self.session = session
        self.daemon = daemon
        let stored = ScratchScene.allCases.filter(\.hasStored).map { (document.number($0), ScratchDocument.stored) }
        lists = Mutex(Dictionary(uniqueKeysWithValues: stored))
    }

    var path: String { "/v1/projects/\(project.id)" }

    func number(_ scene: ScratchScene) -> Int32 {
        document.number(scene)
    }

    /// The whole document as readers have to see it by now.
    var expectedDocument: String {
        document.text(lists.withLock { $0 })
    }

    func url(_ name: String) -> String {
        "https://example.com/verify/\(name).png"
    }

    /// As the app saves an image.
    func insert(_ url: String, _ scene: ScratchScene, place: Int, by session: Session? = nil) async throws {
        try await (session ?? self.session).query(
            """
            INSERT INTO \(tables.images) (content_creation_request_id, scene_index, image_index, image_url)
            VALUES ($1::uuid, $2::integer, $3::integer, $4)
            """, [project.id.description, "\(number(scene))", "\(place)", url])
    }

    /// Writes by the daemon's API.
    func ask(_ method: HTTPMethod, _ query: String = "", body: String? = nil) async throws -> DaemonClient.Answer {
        let answer = try await daemon.request(method, "\(path)/images\(query)", body: body)
        switch answer.status {
        case 200, 201, 409: return answer
        case 401: throw VerifyFailure("the daemon wants a token: give it with --token")
        case 403 where answer.body.contains("read-only"): throw NotTested("the daemon takes no writes (--read-only)")
        case 403: throw VerifyFailure("the token may not write this project (403)")
        default: throw VerifyFailure("\(method.rawValue) …/images is answered with \(answer.status): \(answer.body)")
        }
    }

    /// Waits until the table, the stream and the read show these images, and nothing else, in a scene.
    func expect(_ urls: [String], in scene: ScratchScene, token: String? = nil) async throws {
        let index = number(scene)
        lists.withLock { $0[index] = urls }
        let rows = try await session.query(
            """
            SELECT image_url FROM \(tables.images)
            WHERE content_creation_request_id = $1::uuid AND scene_index = $2::integer
            ORDER BY image_index
            """, [project.id.description, "\(index)"])
        let found = (0..<rows.count).map { rows.string($0, 0) ?? "" }
        guard scene.hasStored && found.isEmpty || found == urls else {
            throw VerifyFailure("the table has \(Self.difference(found, urls))")
        }
        try await viewer.wait(for: "the stream shows them") { $0.images.lists[index] == urls }
        try await expectRead(urls, of: index, token: token)
    }

    /// Another daemon behind the same address may hear of it a moment later, unless a token tells it to wait.
    private func expectRead(_ urls: [String], of index: Int32, token: String?) async throws {
        let headers = token.map { [("Sync-Token", $0)] } ?? []
        let end = ContinuousClock.now + Patience.arrival
        while true {
            let answer = try await daemon.request(.GET, "\(path)/scenes", headers)
            guard answer.status == 200 else {
                throw VerifyFailure("the read is answered with \(answer.status): \(answer.body)")
            }
            let read = try SceneLists(scenes: answer.body).lists[index] ?? []
            if read == urls { return }
            guard token == nil, ContinuousClock.now < end else {
                throw VerifyFailure("the read has \(Self.difference(read, urls))")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Removes the project, or gives it back, and looks whether anything is left.
    func checkRemoval() async throws {
        try await project.remove(session)
        let numbers = ScratchScene.allCases.map { "\(number($0))" }.joined(separator: ",")
        let left = try await session.query(
            """
            SELECT count(*) FROM \(tables.images)
            WHERE content_creation_request_id = $1::uuid AND scene_index IN (\(numbers))
            """, [project.id.description])
        guard left.int64(0, 0) == 0 else { throw VerifyFailure("\(left.int64(0, 0) ?? 0) images are still there") }
        let first = number(.single)
        if project.isLent {
            try await viewer.wait(for: "the stream shows the project's own document") { $0.images.lists[first] == nil }
        } else {
            try await viewer.wait(for: "the stream says that the project is deleted") { $0.isDeleted }
            let answer = try await daemon.request(.GET, path, [("Cache-Control", "no-cache")])
            guard answer.status == 404 else { throw VerifyFailure("the read is still answered with \(answer.status)") }
        }
    }

    private static func difference(_ found: [String], _ wanted: [String]) -> String {
        let missing = Set(wanted).subtracting(found).sorted()
        let surplus = Set(found).subtracting(wanted).sorted()
        return "\(found.count) images instead of \(wanted.count)"
            + (missing.first.map { ", without \($0)" } ?? "") + (surplus.first.map { ", with \($0)" } ?? "")
    }
}

/// A check that this deployment does not allow.
struct NotTested: Error {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
