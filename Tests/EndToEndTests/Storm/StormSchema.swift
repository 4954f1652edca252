import Postgres
import PostgresTestSupport

/// What the storm adds to the database for its own use, and the projects it begins with.
struct StormSchema {
    /// Lets a writer see, within its transaction, the merged state after a statement, and puts these states in order.
    static let states = "SELECT id, output, nextval('storm.number') FROM storm.merged($1::uuid[])"

    static func create(in database: Database) async throws {
        let owner = try await database.open(as: .owner)
        try await owner.run(
            script: """
                CREATE SCHEMA storm;
                CREATE SEQUENCE storm.number;
                CREATE TABLE storm.seen (project text, output text, number bigint);
                CREATE FUNCTION storm.merged(projects uuid[])
                RETURNS TABLE (id text, output text)
                LANGUAGE sql
                VOLATILE
                SECURITY DEFINER
                SET search_path = public, pg_temp
                AS $storm$ \(Oracle.merge) $storm$;
                GRANT USAGE ON SCHEMA storm TO \(Role.writer.rawValue);
                GRANT INSERT ON storm.seen TO \(Role.writer.rawValue);
                GRANT USAGE ON SEQUENCE storm.number TO \(Role.writer.rawValue);
                """)
        await owner.close()
    }

    static func fill(_ world: StormWorld) async throws {
        var random = world.random(0)
        let writer = try await world.database.open(as: .writer)
        for project in world.projects where project.otherID == nil || random.chance(0.6) {
            let text = StormDocument.text(of: project.id, plain: project.writer != nil, &random)
            try await writer.query(
                "INSERT INTO content_creation_requests (id, generated_output) VALUES ($1, $2::jsonb)",
                [project.id, text])
            try await record([project.id], by: writer, in: world)
        }
        await writer.close()
    }

    private static func record(_ projects: [String], by session: Session, in world: StormWorld) async throws {
        for (project, entries) in try await entries(of: projects, by: session) {
            world.ledger.add(entries, to: project)
        }
    }

    /// The states of now, for the ledger.
    static func entries(of projects: [String], by session: Session) async throws -> [String: [StormLedger.Entry]] {
        let rows = try await session.queryPrepared(states, ["{" + projects.joined(separator: ",") + "}"])
        var entries: [String: [StormLedger.Entry]] = [:]
        for row in 0..<rows.count {
            guard let id = rows.string(row, 0), let order = rows.int64(row, 2) else { continue }
            entries[id] = [StormLedger.Entry(order: order, text: rows.string(row, 1) ?? "null")]
        }
        return entries
    }

    /// Moves the states that bursts have left to the ledger.
    static func collect(_ world: StormWorld, by owner: Session) async throws {
        let rows = try await owner.query("DELETE FROM storm.seen RETURNING project, output, number")
        for row in 0..<rows.count {
            guard let project = rows.string(row, 0), let order = rows.int64(row, 2) else { continue }
            world.ledger.add([StormLedger.Entry(order: order, text: rows.string(row, 1) ?? "null")], to: project)
        }
    }

    /// The first writers have a project each for themselves; some of the others have a second id.
    static func projects(_ settings: StormSettings) -> [StormProject] {
        var random = StormRandom(seed: settings.seed, part: -1)
        var projects: [StormProject] = []
        for number in 0..<settings.projects {
            let id = random.uuid()
            if number < settings.writers {
                projects.append(StormProject(id: id, writer: number, otherID: nil))
            } else if number < settings.projects - 6 {
                projects.append(StormProject(id: id, writer: nil, otherID: nil))
            } else {
                let otherID = random.uuid()
                projects.append(StormProject(id: id, writer: nil, otherID: otherID))
                projects.append(StormProject(id: otherID, writer: nil, otherID: id))
            }
        }
        return projects
    }
}
