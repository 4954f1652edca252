import NIOHTTP1
import Postgres
import ProjectSync
import Synchronization

/// One run of the checklist: makes the scratch project, runs the checks, and leaves nothing behind.
struct VerifyRun: Sendable {
    let settings: ConnectionSettings
    let tables: AppTables
    let daemon: DaemonClient
    /// A project of the app's to use instead of a row of its own.
    let lent: ProjectID?
    let report: VerifyReport

    /// Whether nobody has stopped it.
    func run() async throws -> Bool {
        let sessions = try VerifySessions(settings)
        let session = try await sessions.open()
        let made = Mutex<ScratchProject?>(nil)
        let outcome: Result<Bool, any Error>
        do {
            outcome = .success(
                try await Interruption.interrupting {
                    guard try await report.run("the daemon at \(daemon.url) is ready", { try await checkReadiness() })
                    else { return }
                    let project = try ScratchProject(tables, lent: lent)
                    // Known before it is there, so that it goes whenever we are stopped.
                    made.withLock { $0 = project }
                    guard let document = try await make(project, session) else { return made.withLock { $0 = nil } }
                    let stage = VerifyStage(project, document, tables, sessions, session, daemon)
                    if try await check(stage) { made.withLock { $0 = nil } }
                })
        } catch {
            outcome = .failure(error)
        }
        if let left = made.withLock({ $0 }) { try await remove(left, sessions) }
        return try outcome.get()
    }

    /// Nil if the database refuses it.
    private func make(_ project: ScratchProject, _ session: Session) async throws -> ScratchDocument? {
        var document: ScratchDocument?
        let name = lent == nil ? "a scratch project is inserted" : "the project \(project.id) is lent"
        try await report.run(name) { document = try await project.make(session) }
        return document
    }

    private func checkReadiness() async throws {
        let answer = try await daemon.request(.GET, "/readyz")
        guard answer.status == 200 else {
            throw VerifyFailure("/readyz is answered with \(answer.status): \(answer.body.filter { !$0.isNewline })")
        }
    }

    /// Whether the project is removed again.
    private func check(_ stage: VerifyStage) async throws -> Bool {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await follow(stage) }
            for check in VerifyCheck.all {
                try await report.run(check.name) {
                    try await Patience.within(Patience.check, "the check comes to its end") {
                        try await check.run(stage)
                    }
                }
            }
            defer { tasks.cancelAll() }
            return try await report.run("everything is removed again, and the stream is told") {
                try await Patience.within(Patience.check, "it is removed") { try await stage.checkRemoval() }
            }
        }
    }

    private func follow(_ stage: VerifyStage) async {
        do {
            try await daemon.follow("\(stage.path)/events") { await stage.viewer.receive($0) }
            await stage.viewer.end("the daemon has ended it")
        } catch let error as RefusedError {
            let advice = error.status == 401 ? ": give a token with --token" : ""
            await stage.viewer.end("it is answered with \(error.status)\(advice)")
        } catch {
            await stage.viewer.end("\(error)")
        }
    }

    /// What an interruption has left.
    private func remove(_ project: ScratchProject, _ sessions: VerifySessions) async throws {
        do {
            let session = try await sessions.openLast()
            try await project.remove(session)
            await session.close()
        } catch {
            Console.note(
                """
                scenesync: the project \(project.id) could not be put in order (\(error)): \
                \(project.isLent ? "the next verify with --project does it" : "delete its row")
                """)
            throw ExitStatus.foundSomething
        }
    }
}
