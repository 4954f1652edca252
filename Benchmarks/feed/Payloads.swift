import ProjectSync
import RandomNumbers

/// Makes the payloads that the triggers would send: each puts another URL at one place of a random project.
struct Payloads {
    private let scenario: Scenario
    private var random = SeededGenerator(seed: 42)
    private(set) var n = 1_000
    private let start_microseconds = WallTime.now.microseconds

    init(_ scenario: Scenario) {
        self.scenario = scenario
    }

    mutating func next(_ count: Int) -> [[UInt8]] {
        (0..<count).map { _ in next() }
    }

    private mutating func next() -> [UInt8] {
        n += 1
        let project = Self.id(Int.random(in: 0..<max(scenario.projects, 1), using: &random))
        let scene = Int.random(in: 1...scenario.scenes, using: &random)
        let image = Int.random(in: 0..<scenario.images, using: &random)
        let payload = """
            {"v":1,"op":"update","project":"\(project)","xid":"\(n)","n":\(n),"at":\(start_microseconds + Int64(n) * 20),\
            "began":\(start_microseconds + Int64(n) * 20 - 300),"pid":\(4_711 + n % 16),"rows":1,"set":[[\(scene),\(image),"\(Self.url(n))"]]}
            """
        return Array(payload.utf8)
    }

    static func id(_ project: Int) -> String {
        "5ce4e000-0000-4000-8000-" + digits(project, 12)
    }

    /// 150 bytes.
    static func url(_ number: Int) -> String {
        "https://images.example.net/generated/" + String(repeating: "0123456789abcdef", count: 6)
            + digits(number, 13) + ".png"
    }

    private static func digits(_ number: Int, _ count: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: count - digits.utf8.count) + digits
    }
}
