import FoundationEssentials
import Glibc

/// nginx or Caddy with the configuration of `deploy/`, in which only addresses and paths are put in; gone with its last
/// holder.
final class ProxyProcess: Sendable {
    enum Kind: CaseIterable, Sendable {
        case nginx, caddy
    }

    let port: Int
    private let child: ChildProcess
    private let folder: TemporaryFolder
    private let lines = LogLines()

    private init(_ child: ChildProcess, _ folder: TemporaryFolder, port: Int) {
        self.child = child
        self.folder = folder
        self.port = port
        lines.read(child.errors)
        lines.read(child.output)
    }

    deinit {
        child.kill()
    }

    /// Before daemons at these ports.
    static func start(_ kind: Kind, of ports: [Int]) async throws -> ProxyProcess {
        for _ in 0..<20 {
            let port = Int.random(in: 20_000..<30_000)
            let folder = try TemporaryFolder()
            let arguments =
                switch kind {
                case .nginx: try nginx(ports, port, folder)
                case .caddy: try caddy(ports, port, folder)
                }
            let child = try await ChildProcess.start(
                arguments,
                environment: ["HOME": folder.path, "XDG_CONFIG_HOME": folder.path, "XDG_DATA_HOME": folder.path])
            let proxy = ProxyProcess(child, folder, port: port)
            // A port that is taken ends it.
            if try await proxy.answers() { return proxy }
        }
        throw TransportError.closed("no \(kind)")
    }

    private func answers() async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(10)
        while child.exitStatus == nil, ContinuousClock.now < deadline {
            if let answer = try? await HTTPClient(port: port).get("/healthz"), answer.status == 200 { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    private static func nginx(_ ports: [Int], _ port: Int, _ folder: TemporaryFolder) throws -> [String] {
        // Its servers are examples, but not how they are treated.
        let lines = try deployed("nginx/upstream.conf").split(separator: "\n", omittingEmptySubsequences: false)
        let examples = lines.indices.filter { lines[$0].contains("server 127.0.0.1:") }
        guard let first = examples.first, let last = examples.last else { throw TransportError.malformed("no server") }
        let servers = ports.map { lines[first].replacing("127.0.0.1:8787", with: "127.0.0.1:\($0)")[...] }
        let upstream = lines[..<first] + servers + lines[(last + 1)...]
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(folder.path)/\($0);" }.joined(separator: " ")
        let settings = try folder.write(
            """
            daemon off;
            master_process off;
            pid \(folder.path)/pid;
            error_log stderr warn;
            events { worker_connections 1024; }
            http {
                access_log off;
                \(temporary)
                \(upstream.joined(separator: "\n"))
                server {
                    listen 127.0.0.1:\(port);
                    \(try deployed("nginx/locations.conf"))
                }
            }
            """, to: "nginx.conf")
        return ["/usr/sbin/nginx", "-p", folder.path, "-e", "stderr", "-c", settings]
    }

    private static func caddy(_ ports: [Int], _ port: Int, _ folder: TemporaryFolder) throws -> [String] {
        let site = try deployed("caddy/Caddyfile")
            .replacing("app.example {", with: "http://127.0.0.1:\(port) {")
            .replacing(
                "127.0.0.1:8787 127.0.0.1:8788 127.0.0.1:8789",
                with: ports.map { "127.0.0.1:\($0)" }.joined(separator: " "))
        let settings = try folder.write("{\n\tadmin off\n}\n\(site)", to: "Caddyfile")
        return ["/usr/bin/caddy", "run", "--config", settings, "--adapter", "caddyfile"]
    }

    /// The text of a file, with what it includes from its own folder.
    static func deployed(_ name: String) throws -> String {
        try String(contentsOf: URL(filePath: "\(Program.repository)/deploy/\(name)"), encoding: .utf8)
            .replacing("/etc/nginx/scenesync/", with: "\(Program.repository)/deploy/nginx/")
    }
}
