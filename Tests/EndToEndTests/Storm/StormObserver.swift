/// One pair of eyes on a project with a single writer: what it saw, in order, to be checked once all that it could have
/// seen is known.
struct StormObserver: Sendable {
    private enum Sight: Sendable {
        /// `least` is the order of a state that was there before the question.
        case whole(Int, least: Int64?)
        /// `urls` is nil where the document does not have the scene.
        case scene(Int, urls: Int?)
    }

    private var sights: [(sight: Sight, source: String)] = []
    private var whole = 0
    private var scenes: [Int: Int] = [:]

    mutating func see(whole text: String, from source: String, least: Int64? = nil) {
        sights.append((.whole(text.hashOfBytes, least: least), "\(source) \(text)"))
    }

    /// What a `scene` event tells.
    mutating func see(scene event: JSONNode, from source: String) {
        guard let scene = event["scene_index"]?.int, let urls = event["imageUrls"]?.text else { return }
        let isInDocument = event["positions"]?.elements?.isEmpty == false
        sights.append((.scene(scene, urls: isInDocument ? urls.hashOfBytes : nil), "\(source) \(urls)"))
    }

    /// Checks what was seen since the last time. Returns how much that was, and what should not have been seen.
    mutating func check(against states: [StormLedger.Entry]) -> (checked: Int, violation: String?) {
        defer { sights = [] }
        for (number, (sight, source)) in sights.enumerated() {
            switch sight {
            case .whole(let text, let least):
                if let least, let first = states.firstIndex(where: { $0.order >= least }) { whole = max(whole, first) }
                guard let at = states[whole...].firstIndex(where: { $0.whole == text }) else {
                    let was = states.lastIndex { $0.whole == text }
                    let own = least.flatMap { least in states.firstIndex { $0.order >= least } }
                    let what = "the project" + (own.map { " (which must not be older than state \($0))" } ?? "")
                    return (number, Self.words(what, was, after: whole, of: states.count, source))
                }
                whole = at
            case .scene(let scene, let urls):
                let from = scenes[scene, default: 0]
                guard let at = states[from...].firstIndex(where: { $0.scenes[scene] == urls }) else {
                    let was = states.lastIndex { $0.scenes[scene] == urls }
                    return (number, Self.words("scene \(scene)", was, after: from, of: states.count, source))
                }
                scenes[scene] = at
            }
        }
        return (sights.count, nil)
    }

    private static func words(_ what: String, _ was: Int?, after: Int, of count: Int, _ source: String) -> String {
        let fault =
            was.map { "\(what) went back to state \($0) after state \(after) of \(count)" }
            ?? "\(what) was seen in a state that it never had (after state \(after) of \(count))"
        return "\(fault): \(source)"
    }
}
