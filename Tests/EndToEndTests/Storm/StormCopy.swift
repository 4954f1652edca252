import Glibc
import PostgresTestSupport

/// Saves images with COPY, as an importer would: by psql, since our sessions do not copy.
enum StormCopy {
    private static let psql = "/usr/bin/psql"

    /// Whether it could.
    static func run(into project: StormProject, in world: StormWorld, _ random: inout StormRandom) async -> Bool {
        guard access(psql, X_OK) == 0 else { return false }
        let rows = (0..<random.int(1...4)).map { row in
            "\(project.id),\(random.int(1...12)),copied/\(random.int(0...999)),\(200 + 8 * random.int(0...99) + row)"
        }
        let program = rows.map { "echo \($0)" }.joined(separator: "; ")
        let copy = """
            \\copy generated_images (content_creation_request_id, scene_index, image_url, image_index) \
            from program '\(program)' with (format csv)
            """
        let arguments = [psql, "-X", "-q", "-d", world.database.connectionString(as: .writer), "-c", copy]
        guard
            let child = try? await ChildProcess.start(arguments, environment: ["PGOPTIONS": "-c lock_timeout=250ms"])
        else { return false }
        let status = await child.waitForExit()
        if status == 0 { world.history.add(project.id, "copied \(rows)") }
        return status == 0
    }
}
