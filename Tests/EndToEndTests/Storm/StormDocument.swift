/// Makes the documents of a storm's projects.
struct StormDocument {
    static let titles = ["Storm", "Gewitter \u{1F329}", "a \"quoted\" \\ title", "Zeile\\nZwei", ""]

    /// As many scenes as the product's users have; in `plain` ones every scene has an index of its own.
    static func text(of id: String, plain: Bool, _ random: inout StormRandom) -> String {
        let count = random.int(10...12)
        let scenes = (1...count).map { scene($0, plain: plain, &random) }
        return """
            {"title": \(literal("\(random.pick(titles)) of \(id)")), "scenes": [\(scenes.joined(separator: ", "))],
            "price": 1.10, "digits": 123456789012345678901234567890.000, "zz": [1e3, null, {"scenes": []}]}
            """
    }

    static func scene(_ number: Int, plain: Bool, _ random: inout StormRandom) -> String {
        var members = ["\"prompt\": \(literal("scene \(number)"))"]
        if plain {
            members.append("\"index\": \(number)")
        } else {
            switch random.int(0...9) {
            case 0: return random.pick(["7", "\"text\"", "null", "[1]"])
            case 1: break
            case 2: members.append("\"index\": \(random.int(1...6))")
            case 3: members.append("\"index\": \(number).0")
            case 4: members.append("\"index\": \(random.pick(["\"2\"", "2.5", "null", "true", "99999999999"]))")
            default: members.append("\"index\": \(number)")
            }
        }
        if random.chance(0.4) { members.append("\"imageUrls\": \(urls(&random))") }
        if !plain, random.chance(0.05) { members.append("\"imageUrls\": \(random.pick(["null", "\"x\"", "{}"]))") }
        if random.chance(0.3) { members.append("\"a longer key than ours\": {\"imageUrls\": [1.0]}") }
        return "{" + members.shuffled(using: &random).joined(separator: ", ") + "}"
    }

    static func urls(_ random: inout StormRandom) -> String {
        "[" + (0..<random.int(0...3)).map { literal("stored/\($0)/\(random.int(0...99))") }.joined(separator: ", ")
            + "]"
    }

    static func literal(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
