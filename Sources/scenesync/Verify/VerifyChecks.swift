import NIOHTTP1
import Postgres
import ProjectSync

/// One line of the checklist.
struct VerifyCheck: Sendable {
    let name: String
    let run: @Sendable (VerifyStage) async throws -> Void

    init(_ name: String, _ run: @escaping @Sendable (VerifyStage) async throws -> Void) {
        self.name = name
        self.run = run
    }

    private static let crowd = 200
    private static let sessions = 20

    /// What the migration to rows says is to be verified, in its order.
    static let all = [
        VerifyCheck("a stream opens with the project as it is stored") { stage in
            try await stage.viewer.wait(for: "the stream is ready") { $0.isReady }
        },
        VerifyCheck("scenes without rows show the images stored in the document") { stage in
            try await stage.expect(ScratchDocument.stored, in: .untouched)
        },
        VerifyCheck("an image inserted by SQL is in the table, on the stream and in the read") { stage in
            try await stage.insert(stage.url("single"), .single, place: 0)
            try await stage.expect([stage.url("single")], in: .single)
        },
        VerifyCheck("so is an image saved through the daemon, in the very next read") { stage in
            let saved = try await stage.save("saved", .saved, place: "0")
            try await stage.expect([stage.url("saved")], in: .saved, token: saved.headers.first(name: "Sync-Token"))
        },
        VerifyCheck("\(crowd) concurrent inserts by \(sessions) sessions lose nothing") { stage in
            try await stage.insertCrowd(crowd, sessions: sessions)
            try await stage.expect((0..<crowd).map { stage.url("concurrent-\($0)") }, in: .concurrent)
        },
        VerifyCheck("\(crowd) concurrent saves through the daemon lose nothing") { stage in
            try await stage.expect(try await stage.saveCrowd(crowd), in: .appended)
        },
        VerifyCheck("regenerate deletes a scene's images, and slow workers cannot bring them back") { stage in
            try await stage.insert(stage.url("old"), .regenerated, place: 0)
            try await stage.expect([stage.url("old")], in: .regenerated)
            let answer = try await stage.ask(.DELETE, "?scene_index=\(stage.number(.regenerated))")
            let token = answer.headers.first(name: "Sync-Token")
            try await stage.expect([], in: .regenerated, token: token)
            let late = try await stage.save("late", .regenerated, place: "0", generation: 0)
            guard late.status == 409 else { throw VerifyFailure("an image of before was saved: \(late.status)") }
        },
        VerifyCheck("a DELETE by SQL deletes them as well") { stage in
            try await stage.insert(stage.url("deleted"), .deleted, place: 0)
            try await stage.expect([stage.url("deleted")], in: .deleted)
            try await stage.delete(.deleted)
            try await stage.expect([], in: .deleted)
        },
        VerifyCheck("images in rows go before stored ones") { stage in
            try await stage.insert(stage.url("row"), .outranked, place: 0)
            try await stage.expect([stage.url("row")], in: .outranked)
        },
        VerifyCheck("stored ones do not come back when the rows are gone") { stage in
            try await stage.insert(stage.url("gone"), .stored, place: 0)
            try await stage.expect([stage.url("gone")], in: .stored)
            try await stage.delete(.stored)
            try await stage.expect([], in: .stored)
        },
        VerifyCheck("the read is the whole document, byte for byte") { stage in
            let answer = try await stage.daemon.request(.GET, stage.path, [("Cache-Control", "no-cache")])
            let wanted = "{\"id\": \"\(stage.project.id)\", \"generated_output\": \(stage.expectedDocument)}"
            guard Array(answer.body.utf8) == Array(wanted.utf8) else {
                throw VerifyFailure("it is another one (\(answer.status)): \(answer.body.prefix(400))")
            }
        },
    ]
}

extension VerifyStage {
    fileprivate func save(
        _ name: String, _ scene: ScratchScene, place: String, generation: Int? = nil
    ) async throws -> DaemonClient.Answer {
        let generation = generation.map { ", \"generation\": \($0)" } ?? ""
        return try await ask(
            .POST,
            body: """
                {"scene_index": \(number(scene)), "image_index": \(place), "image_url": "\(url(name))"\(generation)}
                """)
    }

    fileprivate func delete(_ scene: ScratchScene) async throws {
        try await session.query(
            """
            DELETE FROM \(tables.images)
            WHERE content_creation_request_id = $1::uuid AND scene_index = $2::integer
            """, [project.id.description, "\(number(scene))"])
    }

    /// Each of the sessions inserts its share, one statement after the other.
    fileprivate func insertCrowd(_ count: Int, sessions: Int) async throws {
        try await withThrowingTaskGroup { tasks in
            for turn in 0..<sessions {
                tasks.addTask {
                    let session = try await self.sessions.open()
                    do {
                        for number in stride(from: turn, to: count, by: sessions) {
                            let url = self.url("concurrent-\(number)")
                            try await self.insert(url, .concurrent, place: number, by: session)
                        }
                    } catch {
                        await session.close()
                        throw error
                    }
                    await session.close()
                }
            }
            try await tasks.waitForAll()
        }
    }

    /// Each at the scene's next place; the images in the order of the places that they were given.
    fileprivate func saveCrowd(_ count: Int) async throws -> [String] {
        try await withThrowingTaskGroup(of: (place: Int32, url: String).self) { tasks in
            for number in 0..<count {
                tasks.addTask {
                    let answer = try await self.save("appended-\(number)", .appended, place: "\"next\"")
                    guard let place = SavedPlace(answer.body)?.image else {
                        throw VerifyFailure("a save is answered with \(answer.status): \(answer.body)")
                    }
                    return (place, self.url("appended-\(number)"))
                }
            }
            let saved = try await tasks.reduce(into: []) { $0.append($1) }
            guard Set(saved.map(\.place)).count == count else { throw VerifyFailure("a place was given twice") }
            return saved.sorted { $0.place < $1.place }.map(\.url)
        }
    }
}
