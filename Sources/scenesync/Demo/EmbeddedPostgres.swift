import Subprocess

/// A PostgreSQL server in a folder of the project, made when it is first wanted and run while `body` runs.
enum EmbeddedPostgres {
    /// `body` is given the folder of the server's socket.
    static func run(in folder: String, _ body: @escaping @Sendable (String) async throws -> Void) async throws {
        let script = String(decoding: PackageResources.embedded_postgres_sh, as: UTF8.self)
        // Ctrl-C at the terminal reaches every process of its session: the server is to outlive the daemon.
        var options = PlatformOptions()
        options.createSession = true
        _ = try await Subprocess.run(
            .name("sh"), arguments: ["-c", script, "embedded-postgres", folder], platformOptions: options,
            input: .inputWriter, output: .sequence, error: .discarded
        ) { execution in
            var lines = execution.standardOutput.strings().makeAsyncIterator()
            let line = try await lines.next() ?? "failed: the server's script ended"
            let words = line.split(separator: " ", maxSplits: 1).map { $0.filter { !$0.isNewline } }
            guard words.count == 2, words[0] == "ready" else {
                throw StartError("the embedded database did not start: \(words.last ?? "")")
            }
            do {
                try await body(words[1])
            } catch {
                try await execution.standardInputWriter.finish()
                throw error
            }
            try await execution.standardInputWriter.finish()
        }
    }
}
