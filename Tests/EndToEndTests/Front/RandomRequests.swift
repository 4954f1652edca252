/// Requests that mean something here, and others: all that have one answer, which is the same for whoever asks.
///
/// No stream that there is: its answer has no end. And nothing that a token of `--auth` gives a right to: here nobody is
/// asked for one, so that Authorization and Cookie change nothing.
struct RandomRequests {
    struct Request {
        let method: String
        let bytes: [UInt8]
    }

    /// What stands in a request, at most one of each kind.
    private struct Kind {
        /// One of so many requests has it.
        let share: Int
        let choices: [String]
    }

    /// Whose pages may read the answers, where any may.
    static let origin = "https://app.example"
    /// What the front does not judge, or cannot answer from memory, leaves its connection to the other way. It is rare, so
    /// that most of a connection's requests are the front's.
    private static let rarely = 400

    let seed = UInt64.random(in: 0 ... .max)
    private var generator: StormRandom
    private let targets: [String]
    private let headTargets: [String]
    private let kinds: [Kind]

    /// `token` stands for a write that the project in memory has.
    init(project: String, etag: String, token: String) {
        generator = StormRandom(seed: seed, part: 0)
        let path = "/v1/projects/\(project)"
        let unknown = "00000000-0000-4000-8000-00000000abcd"
        targets = [
            path, path, path, path + "/scenes", path + "/scenes?x=%20&y", path + "?",
            "/v1/projects/\(project.uppercased())", path + "/",
            path + "/x", "/v1/projects/x", "/v1/projects/", "/v1//projects", "/healthz", "/", "/assets/page.css",
            "/projects/\(project)", "/assets/none", "/x%00", "//", "/?" + String(repeating: "a", count: 2_000),
            path + "?sync_token=\(token)", path + "/scenes?sync_token=x", path + "/events?scene_index=x", "/v1/events",
            "/v1/projects/\(unknown)/events", "/v1/projects/\(unknown)/events?scene_index=1&last_event_id=x",
            "/v1/events?project=\(unknown)",
        ]
        headTargets = [
            path, path + "/events", "/v1/projects/\(unknown)/events", path + "/events?sync_token=x",
            "/v1/events?project=\(project)", "/v1/events?project=\(unknown)", "/v1/monitor/events", "/",
        ]
        kinds = Self.kinds(etag: etag, token: token)
    }

    private static func kinds(etag: String, token: String) -> [Kind] {
        let tag = etag.filter { $0 != "\"" }
        return [
            Kind(
                share: 3,
                choices: [
                    "Accept-Encoding: gzip", "accept-encoding: br;q=1, gzip;q=0", "Accept-Encoding: *",
                    "Accept-Encoding:",
                ]),
            Kind(
                share: 3,
                choices: [
                    "If-None-Match: \(etag)", "if-none-match: W/\"\(tag)-gzip\"", "If-None-Match: *",
                    "If-None-Match: \"x\", y",
                ]),
            Kind(share: 100, choices: ["Cache-Control: max-age=0"]),
            Kind(
                share: 3,
                choices: ["User-Agent: x", "Accept: */*", "Connection: Keep-Alive", "Referer: \t x "]),
            Kind(share: 4, choices: ["Authorization: Bearer x.y.z", "authorization: Basic eDp5", "Authorization:"]),
            Kind(share: 4, choices: ["Cookie: session=x.y.z; a=b", "cookie: session", "Cookie: a=b"]),
            Kind(
                share: 3,
                choices: ["Origin: \(origin)", "origin:\(origin) ", "Origin: https://evil.example", "Origin: null"]),
            Kind(share: 4, choices: ["Sec-Fetch-Site:none", "Sec-Fetch-Site: cross-site"]),
            Kind(share: 4, choices: ["Last-Event-ID: x", "last-event-id: \(tag)", "Last-Event-ID:"]),
            Kind(
                share: 4,
                choices: ["X-Forwarded-For: 192.0.2.7", "x-forwarded-for: 192.0.2.7, ::1", "X-Forwarded-For: x"]),
            Kind(share: 6, choices: ["Sync-Token: \(token)", "sync-token:", "Sync-Token: x"]),
            // The other cluster's write is not here, whatever happens.
            Kind(share: rarely, choices: ["Sync-Token: 0123456789abcdef-4711"]),
            Kind(share: rarely, choices: ["Cache-Control: No-Cache"]),
            Kind(share: rarely, choices: ["X-Not-Plain: 1"]),
        ]
    }

    mutating func next() -> Request {
        let isHead = happens(Self.rarely)
        let method = isHead ? "HEAD" : "GET"
        let target = generator.pick(isHead ? headTargets : targets)
        var lines = ["\(method) \(target) HTTP/1.1", "Host: 127.0.0.1"]
        for kind in kinds where happens(kind.share) { lines.append(generator.pick(kind.choices)) }
        return Request(method: method, bytes: Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8))
    }

    private mutating func happens(_ share: Int) -> Bool {
        generator.int(1...share) == 1
    }
}
