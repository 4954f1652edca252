import PostgresTestSupport
import Testing

/// What tells whether somebody else's project is there: nothing. A daemon of its own, whose counts nobody else moves.
@Suite(.daemon("--auth", "jwt", "--jwt-secret", Tokens.secret), .serialized, .timeLimit(.minutes(1)))
struct HiddenProjectTests {
    private let stage: Stage

    init() throws {
        stage = try Stage.current
    }

    @Test(arguments: Way.allCases)
    func `a project of others is as one that is not there`(way: Way) async throws {
        let (mine, other) = (try await stage.insertProject(), try await stage.insertProject())
        let none = "99999999-0000-4000-8000-000000000000"
        let token = Tokens.of(read: [mine])
        _ = try await stage.get("/v1/projects/\(other)", as: Tokens.of(read: ["*"]))
        let loads = try await metric("scenesync_cache_loads_total")
        let reads = try await metric("scenesync_cache_hits_total") + metric("scenesync_cache_misses_total")

        for path in ["", "/scenes", "/events", "/generations"] {
            for headers in [way.headers, way.headers.merging(["Cache-Control": "no-cache"]) { given, _ in given }] {
                let hidden = try await stage.get("/v1/projects/\(other)\(path)", as: token, headers)
                let absent = try await stage.get("/v1/projects/\(none)\(path)", as: token, headers)

                #expect(hidden.status == 404)
                #expect(hidden.text.replacing(other, with: none) == absent.text)
                #expect(hidden.head.fields.map(\.name) == absent.head.fields.map(\.name))
            }
        }
        for method in ["POST", "PUT", "DELETE"] {
            let body = method == "DELETE" ? nil : #"{"scene_index": 1, "image_url": "x"}"#
            let headers = way.headers.merging(Tokens.header(token)) { given, _ in given }
            let hidden = try await stage.images(method, other, body, headers: headers)
            let absent = try await stage.images(method, none, body, headers: headers)

            #expect(hidden.status == 404)
            #expect(hidden.text.replacing(other, with: none) == absent.text)
        }
        // Nor does the cache know of either: what it has, and what it has to load, makes no difference in time.
        #expect(try await metric("scenesync_cache_loads_total") == loads)
        #expect(try await metric("scenesync_cache_hits_total") + metric("scenesync_cache_misses_total") == reads)
    }

    private func metric(_ name: String) async throws -> Int {
        let lines = try await stage.get("/metrics", as: Tokens.of(isAdmin: true)).text.split(separator: "\n")
        let line = try #require(lines.first { $0.hasPrefix("\(name) ") }, "no metric \(name)")
        return try #require(Int(line.dropFirst(name.count + 1)))
    }
}
