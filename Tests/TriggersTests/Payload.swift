import FoundationEssentials

/// What the trigger functions announce, as strictly read as they write it.
struct Payload: Decodable, Sendable {
    struct Image: Decodable, Sendable, Hashable {
        let scene: Int
        let place: Int
        let url: String

        init(from decoder: any Decoder) throws {
            var values = try decoder.unkeyedContainer()
            scene = try values.decode(Int.self)
            place = try values.decode(Int.self)
            url = try values.decode(String.self)
        }
    }

    /// What stands before a payload that is notified.
    static let seal_bytes = 32

    let v: Int
    let op: String
    let project: String?
    let xid: String
    let n: Int64
    let at: Int64
    let began: Int64
    let pid: Int32
    let rows: Int
    let set: [Image]?
    let gone: [[Int]]?
    /// Scenes, each with the number of the newest time that an image has left it.
    let lost: [[Int64]]?
    let scenes: [Int]?
    let reload: Bool?
    private(set) var text = ""

    private enum CodingKeys: CodingKey {
        case v, op, project, xid, n, at, began, pid, rows, set, gone, lost, scenes, reload
    }

    init(_ bytes: [UInt8]) throws {
        self = try JSONDecoder().decode(Payload.self, from: Data(bytes))
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// As in `update A 2 rows: 1/0=one, gone 1/1, lost 1`.
    var summary: String {
        // An update names a place as it was and as it is.
        let images = Set(set ?? []).sorted { ($0.scene, $0.place) < ($1.scene, $1.place) }
        let places = Set(gone ?? []).map { ($0[0], $0[1]) }.sorted(by: <)
        let parts = [
            images.map { "\($0.scene)/\($0.place)=\($0.url)" },
            places.isEmpty ? [] : ["gone"] + places.map { "\($0.0)/\($0.1)" },
            Payload.list("lost", lost.map { Set($0.map { Int($0[0]) }) }),
            Payload.list("scenes", scenes.map(Set.init)),
            reload == true ? ["reload"] : [],
        ]
        let effect = parts.filter { !$0.isEmpty }.map { $0.joined(separator: " ") }.joined(separator: ", ")
        let count = rows == 1 ? "1 row" : "\(rows) rows"
        return "\(op) \(project.map(Names.project) ?? "*") \(count): \(effect.isEmpty ? "nothing" : effect)"
    }

    private static func list(_ name: String, _ numbers: Set<Int>?) -> [String] {
        numbers.map { [name] + $0.sorted().map(String.init) } ?? []
    }
}
