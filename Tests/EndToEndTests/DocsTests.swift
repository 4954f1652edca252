import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

/// What `docs/` tells to run does what it says, word for word but for addresses.
@Suite(.daemon(), .serialized, .timeLimit(.minutes(2)))
struct DocsTests {
    private static let project = "11111111-1111-4111-8111-111111111111"

    private static func text(_ page: String) throws -> String {
        try String(contentsOf: URL(filePath: "\(Program.repository)/docs/\(page)"), encoding: .utf8)
    }

    /// The blocks of a language, without the indentation that they have in a list.
    private static func blocks(_ language: String, of page: String) throws -> [String] {
        try text(page).split(separator: "```").filter { $0.hasPrefix("\(language)\n") }.map { block in
            let lines = block.split(separator: "\n").dropFirst().map { $0.drop { $0 == " " } }
            return lines.joined(separator: "\n").replacing("\\\n", with: " ")
        }
    }

    private let stage: Stage

    init() async throws {
        stage = try Stage.current
        try await stage.writer.query(
            """
            INSERT INTO content_creation_requests (id, generated_output)
            VALUES ($1::uuid, '{"scenes": [{}]}') ON CONFLICT DO NOTHING
            """, [Self.project])
    }

    @Test(arguments: [("events.md", 3), ("recipes.md", 3), ("audit.md", 1)])
    func `its requests are answered with 200`(page: String, count: Int) async throws {
        let token = try #require(
            try await stage.images("PUT", Self.project, #"{"scene_index": 1, "image_url": "x"}"#)["Sync-Token"])
        let requests = try Self.blocks("sh", of: page).flatMap { $0.split(separator: "\n") }.filter {
            $0.hasPrefix("curl")
        }
        #expect(requests.count >= count)

        for request in requests {
            let command = request.replacing("127.0.0.1:8787", with: "127.0.0.1:\(stage.daemon.port)")
            let run = try await Program.sh("timeout 2 \(command) || true", environment: ["TOKEN": token])
            if request.hasPrefix("curl -N") {
                #expect(run.text.contains("event: ready"), "\(command): \(run.text)")
            } else {
                #expect(run.text.contains("HTTP/1.1 200 OK"), "\(command): \(run.text)")
            }
        }
    }

    @Test func `a flag that it names is one of the command's`() async throws {
        let commands = try ["recipes.md", "deploying.md"].flatMap { try Self.blocks("sh", of: $0) }
            .flatMap { $0.split(separator: "\n") }.filter {
                $0.hasPrefix(".build/release/scenesync") || $0.hasPrefix("scenesync")
            }
        #expect(commands.count >= 6)

        for command in commands {
            let words = command.split(separator: " ").dropFirst()
            let help = try await Command.run([String(try #require(words.first)), "--help"])
            #expect(help.status == 0, "\(command)")
            for flag in words where flag.hasPrefix("--") {
                #expect(help.output.contains("\(flag) "), "\(flag) of \(command)")
            }
        }
    }

    @Test(arguments: [
        ("operating.md", "/v1/monitor"), ("audit.md", "/v1/explain?project=\(project)&scene_index=1&image_index=3"),
    ])
    func `its example has nothing that the answer has not`(page: String, path: String) async throws {
        var viewer = try await Viewer.open(Self.project, at: stage.daemon.port)
        try await viewer.read(through: "ready")
        let image = #"{"scene_index": 1, "image_index": 3, "image_url": "\#(path)"}"#
        _ = try await stage.images("PUT", Self.project, image)
        try await viewer.read(through: "scene")
        let example = try JSONReader.read(try #require(try Self.blocks("json", of: page).first))

        let answer = try JSONReader.read(try await stage.client.get(path).text)

        #expect(Self.members(of: example).subtracting(Self.members(of: answer)) == [])
        #expect(Self.members(of: example).count > 20)
    }

    /// The way to each member, elements of a list being alike.
    private static func members(of node: JSONNode, _ path: String = "") -> Set<String> {
        switch node {
        case .object(let members):
            Set(members.flatMap { Self.members(of: $0.value, "\(path).\($0.key)") + ["\(path).\($0.key)"] })
        case .array(let elements): elements.reduce(into: []) { $0.formUnion(Self.members(of: $1, path)) }
        default: []
        }
    }

    @Test func `each link of the pages leads to a file`() async throws {
        let links = try await Program.sh(
            """
            for page in *.md docs/*.md clients/js/*.md Benchmarks/*.md; do
                sed -n 's/](\\([^)#:]*\\)[^):]*)/\\n&\\n/gp' "$page" | sed -n 's/^](\\([^)#:]*\\).*/\\1/p' | while read -r link; do
                    echo "$page"; [ -e "$(dirname "$page")/$link" ] || echo "$page: $link leads nowhere"
                done
            done
            """)

        #expect(links.text.split(separator: "\n").count > 30)
        #expect(!links.text.contains("leads nowhere"), "\(links.text)")
    }

    @Test func `each event has an example, and it is as the AsyncAPI document says`() async throws {
        let document = try JSONReader.read(try await stage.client.get("/asyncapi.json").text)
        guard case .object(let messages)? = document["components"]?["messages"] else {
            Issue.record("no messages")
            return
        }
        var told: Set<String> = []
        for block in try Self.blocks("text", of: "events.md") {
            let lines = block.split(separator: "\n")
            let name = String(try #require(lines.first).dropFirst("event: ".count))
            let data = try JSONReader.read(String(try #require(lines.last).dropFirst("data: ".count)))
            let message = try #require(messages.first { $0.key == name }?.value)
            told.insert(name)
            for key in message["payload"]?["required"]?.elements ?? [] where name != "monitor" {
                let key = try #require(key.plainString)
                #expect(data[key] != nil, "\(name) has no \(key)")
            }
        }

        #expect(told == Set(messages.map(\.key)))
    }

    @Test func `its program for Node hears of an image`() async throws {
        let program = try #require(try Self.blocks("js", of: "events.md").last)
        let folder = try TemporaryFolder()
        let file = try folder.write(
            program.replacing("./clients", with: "\(Program.repository)/clients"), to: "follow.mjs")
        let child = try await ChildProcess.start(
            ["/bin/sh", "-c", "exec node '\(file)'"],
            environment: ["SCENESYNC_URL": "http://127.0.0.1:\(stage.daemon.port)"])
        let lines = LogLines()
        lines.read(child.output)
        _ = try await lines.first(within: .seconds(20)) { $0 == "live" }

        try await stage.save("https://example.com/node.png", scene: 1, place: 7, of: Self.project)

        _ = try await lines.first(within: .seconds(20)) { $0 == "scene 1: https://example.com/node.png" }
        #expect(await child.waitForExit() == 0)
    }
}
