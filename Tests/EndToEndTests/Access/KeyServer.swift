import Glibc
import Testing

/// An issuer's server of keys: a folder with `keys.json`, by HTTP or by HTTPS, which is gone with its last holder.
final class KeyServer: Sendable {
    private static let program = """
        import functools, http.server, pathlib, ssl, sys, time
        folder, *certificate = sys.argv[1:]
        class Handler(http.server.SimpleHTTPRequestHandler):
            def do_GET(self):
                manner = pathlib.Path(folder, "manner")
                if not manner.exists(): return super().do_GET()
                if manner.read_text() == "silent": time.sleep(3600)
                self.send_response(200)
                self.end_headers()
                while True:
                    self.wfile.write(b" " * (65536 if manner.read_text() == "endless" else 1))
                    time.sleep(0 if manner.read_text() == "endless" else 0.5)
        handler = functools.partial(Handler, directory=folder)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        print("port", server.server_port, flush=True)
        server.serve_forever()
        """

    private let folder: TemporaryFolder
    private let child: ChildProcess
    let port: Int
    private let scheme: String

    init(_ set: String, _ certificate: Certificate? = nil) async throws {
        folder = try TemporaryFolder()
        _ = try folder.write(set, to: "keys.json")
        let files = certificate.map { [$0.certificatePath, $0.keyPath] } ?? []
        child = try await ChildProcess.start(["python3", "-c", Self.program, folder.path] + files)
        let lines = LogLines()
        lines.read(child.output)
        let line = try await lines.first(within: .seconds(20)) { $0.hasPrefix("port ") }
        port = try #require(Int(line.dropFirst(5)))
        scheme = certificate == nil ? "http" : "https"
    }

    var url: String { url(of: "keys.json") }

    func url(of path: String, host: String = "127.0.0.1") -> String { "\(scheme)://\(host):\(port)/\(path)" }

    func publish(_ set: String, at path: String = "keys.json") throws { _ = try folder.write(set, to: path) }

    /// How it fails to answer: not at all, byte by byte, or without end.
    enum Manner: String, CaseIterable {
        case silent, dripping, endless
    }

    func become(_ manner: Manner) throws { _ = try folder.write(manner.rawValue, to: "manner") }

    /// What stands at `path` is sent only to who follows the server to another address, `path/`.
    func moveAway(_ path: String) async throws {
        _ = try await Program.sh("cd \(folder.path) && mkdir \(path) && cp keys.json \(path)/index.html")
    }

    /// From now on nobody is answered.
    func pause() { child.signal(SIGSTOP) }

    /// All who have asked meanwhile are answered.
    func resume() { child.signal(SIGCONT) }

    func end() async {
        child.kill()
        _ = await child.waitForExit()
    }
}
