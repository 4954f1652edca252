/// What a listener knows that follows the rules of the feed: of each place the highest number says what it holds.
struct Rebuilt {
    struct Place: Hashable {
        let project: String
        let scene: Int
        let index: Int
    }

    /// Nil where the last word was that nothing is there.
    private(set) var images: [Place: (n: Int64, url: String?)] = [:]
    /// Scenes of which the last word was that they must be read anew.
    private(set) var unknown: [String: [Int: Int64]] = [:]
    /// Projects of which the last word was that they must be read anew.
    private(set) var reloaded: [String: Int64] = [:]
    private(set) var lost: [String: [Int: Int64]] = [:]
    /// When projects went, last.
    private var ended: [String: Int64] = [:]
    /// Payloads that came later than one of the same place with a higher number.
    private(set) var disorder: [String] = []

    init(_ payloads: [Payload]) {
        for payload in payloads {
            apply(payload)
        }
    }

    private mutating func apply(_ payload: Payload) {
        guard let project = payload.project else { return }
        for image in payload.set ?? [] {
            note(Place(project: project, scene: image.scene, index: image.place), image.url, payload)
        }
        for place in payload.gone ?? [] {
            note(Place(project: project, scene: place[0], index: place[1]), nil, payload)
        }
        if payload.reload == true { reloaded[project] = max(payload.n, reloaded[project] ?? 0) }
        for scene in payload.scenes ?? [] {
            unknown[project, default: [:]][scene] = max(payload.n, unknown[project]?[scene] ?? 0)
        }
        for memory in payload.lost ?? [] where memory[1] > ended[project] ?? 0 {
            let scene = Int(memory[0])
            lost[project, default: [:]][scene] = max(memory[1], lost[project]?[scene] ?? 0)
        }
        if payload.op == "project_delete" {
            ended[project] = max(payload.n, ended[project] ?? 0)
            lost[project] = lost[project]?.filter { $0.value > payload.n }
        }
    }

    /// What was told before this number must be read anew.
    func isUnknown(_ scene: Int, of project: String, at n: Int64) -> Bool {
        n <= max(unknown[project]?[scene] ?? 0, reloaded[project] ?? 0)
    }

    private mutating func note(_ place: Place, _ url: String?, _ payload: Payload) {
        if let known = images[place], known.n > payload.n {
            disorder.append(payload.text)
        } else {
            images[place] = (payload.n, url)
        }
    }
}
