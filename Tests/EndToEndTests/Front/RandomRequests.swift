/// Requests that mean something here, and others.
struct RandomRequests {
    let seed = UInt64.random(in: 0 ... .max)
    private var generator: StormRandom
    private let targets: [String]
    private let fields: [[String]]

    init(project: String, etag: String) {
        generator = StormRandom(seed: seed, part: 0)
        let path = "/v1/projects/\(project)"
        targets = [
            path, path, path, path + "/scenes", path + "/scenes?x=%20&y", path + "?",
            "/v1/projects/\(project.uppercased())", path + "/",
            path + "/x", "/v1/projects/x", "/v1/projects/", "/v1//projects", "/healthz", "/", "/assets/page.css",
            "/projects/\(project)", "/assets/none", "/x%00", "//", "/?" + String(repeating: "a", count: 2_000),
        ]
        let tag = etag.filter { $0 != "\"" }
        fields = [
            ["Accept-Encoding: gzip", "accept-encoding: br;q=1, gzip;q=0", "Accept-Encoding: *", "Accept-Encoding:"],
            [
                "If-None-Match: \(etag)", "if-none-match: W/\"\(tag)-gzip\"", "If-None-Match: *",
                "If-None-Match: \"x\", y",
            ],
            ["Cache-Control: max-age=0", "Cache-Control: No-Cache"],
            ["User-Agent: x", "Accept: */*", "Connection: Keep-Alive", "Sec-Fetch-Site:none", "Referer: \t x "],
            ["X-Not-Plain: 1"],
        ]
    }

    mutating func next() -> [UInt8] {
        var lines = ["GET \(targets.randomElement(using: &generator) ?? "/") HTTP/1.1", "Host: 127.0.0.1"]
        for (kind, choices) in fields.enumerated() {
            // What the front does not judge is rare, so that most of a connection's requests are the front's.
            let share = kind == 4 ? 200 : kind == 2 ? 100 : 3
            if Int.random(in: 0..<share, using: &generator) == 0, let line = choices.randomElement(using: &generator) {
                lines.append(line)
            }
        }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }
}
