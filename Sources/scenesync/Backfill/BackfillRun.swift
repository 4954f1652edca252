import Postgres
import ProjectSync

/// One backfill from its start to its end: page by page, and what somebody was writing to again later.
struct BackfillRun {
    /// What is loaded at one time, in the size that it has in the table.
    private static let load_bytes = 2 << 20
    private static let loadCount = 100
    private static let pause = Duration.milliseconds(200)
    private static let retriesPerPage = 20

    let database: BackfillDatabase
    /// For how long projects are tried again that somebody writes to all the time.
    let wait: Duration
    let report: BackfillReport
    private var size = BatchSize()
    /// Somebody was writing to them, with how often they were tried.
    private var postponed: [(project: ProjectID, attempts: Int)] = []

    init(_ database: BackfillDatabase, wait: Duration, report: BackfillReport) {
        self.database = database
        self.wait = wait
        self.report = report
    }

    /// Copies of these projects.
    mutating func run(_ projects: [ProjectID]) async throws {
        report.begin(total: projects.count)
        for project in projects {
            guard let page = try await database.page(of: project) else {
                throw StartError("there is no project \(project)")
            }
            try await examine(page)
        }
        try await waitForPostponed()
    }

    /// Copies of all projects after the bookmark, which it keeps.
    mutating func runAll(from start: ProjectID?) async throws {
        report.begin(total: try await database.count(after: start))
        var last = start
        while let page = try await database.page(after: last) {
            last = page.last
            try await examine(page)
            try await tryPostponed(atMost: Self.retriesPerPage)
            if !report.isDry, postponed.isEmpty { try await database.setBookmark(page.last) }
        }
        try await waitForPostponed()
        if !report.isDry, postponed.isEmpty { try await database.removeBookmark() }
    }

    private mutating func examine(_ page: BackfillDatabase.Page) async throws {
        report.pass(page.count - page.candidates.count)
        var rest = page.candidates[...]
        while !rest.isEmpty {
            var size_bytes = 0
            let portion = rest.prefix(Self.loadCount).prefix { candidate in
                defer { size_bytes += candidate.size_bytes }
                return size_bytes < Self.load_bytes
            }
            rest = rest.dropFirst(portion.count)
            try await examine(portion.map(\.id))
        }
    }

    private mutating func examine(_ ids: [ProjectID]) async throws {
        let loaded = try await database.load(ids)
        report.pass(ids.count - loaded.count)
        var wanted: [ProjectID] = []
        for project in loaded {
            let stored = try StoredImages(of: project)
            if report.isDry || stored.scenes.isEmpty {
                report.settle(project.id, stored)
            } else {
                wanted.append(project.id)
            }
        }
        while !wanted.isEmpty {
            let batch = Array(wanted.prefix(size.count))
            wanted.removeFirst(batch.count)
            try await copy(batch)
        }
    }

    private mutating func copy(_ ids: [ProjectID]) async throws {
        let begin = ContinuousClock.now
        do {
            let batch = try await database.copy(ids, holdingTable: false)
            size.learn(from: ids.count, took: ContinuousClock.now - begin)
            take(batch, of: ids.count, attempts: 1)
        } catch {
            guard error.isOfOneProject else { throw error }
            // One of them is to blame: each on its own.
            if let only = ids.first, ids.count == 1 {
                settle(only, error, attempts: 1)
            } else {
                for id in ids { try await copy([id]) }
            }
        }
    }

    /// Once more each. Who always finds somebody writing keeps the writers out for a moment, every other time.
    private mutating func tryPostponed(
        atMost count: Int = .max, until deadline: ContinuousClock.Instant? = nil
    ) async throws {
        let again = postponed.prefix(count)
        postponed.removeFirst(again.count)
        for (project, attempts) in again {
            if let deadline, deadline <= .now {
                postponed.append((project, attempts))
                continue
            }
            do {
                let batch = try await database.copy([project], holdingTable: attempts > 3 && attempts % 2 == 0)
                take(batch, of: 1, attempts: attempts + 1)
            } catch {
                guard error.isOfOneProject else { throw error }
                settle(project, error, attempts: attempts + 1)
            }
        }
    }

    private mutating func take(_ batch: BackfillDatabase.Batch, of count: Int, attempts: Int) {
        for done in batch.done { report.settle(done.project, done.stored) }
        postponed += batch.busy.map { ($0, attempts) }
        // Those that were deleted meanwhile.
        report.pass(count - batch.done.count - batch.busy.count)
    }

    private mutating func settle(_ project: ProjectID, _ error: any Error, attempts: Int) {
        if error.isPassing {
            postponed.append((project, attempts))
        } else {
            report.refuse(project, error.reason)
        }
    }

    private mutating func waitForPostponed() async throws {
        let deadline = ContinuousClock.now + wait
        while !postponed.isEmpty {
            try await tryPostponed(until: deadline)
            guard ContinuousClock.now < deadline else { break }
            if !postponed.isEmpty { try await Task.sleep(for: Self.pause) }
        }
        for (project, _) in postponed { report.giveUp(project) }
    }
}

extension Error {
    /// A lock that was not to be had, or a deadlock of which we were the victim.
    fileprivate var isPassing: Bool {
        ["55P03", "40P01", "40001"].contains((self as? PostgresError)?.sqlstate)
    }

    /// Whether the other projects may do better.
    fileprivate var isOfOneProject: Bool {
        let kind = (self as? PostgresError)?.sqlstate.map { String($0.prefix(2)) }
        return self is BackfillFailure || isPassing || kind.map { ["22", "23", "44", "54", "P0"].contains($0) } == true
    }

    /// In the words of whoever refused it.
    fileprivate var reason: String {
        if case .server(let error)? = self as? PostgresError { error.message.onOneLine } else { "\(self)" }
    }
}

extension String {
    fileprivate var onOneLine: String {
        split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
