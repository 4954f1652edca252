/// Makes the URLs of a storm: ordinary ones, ones that are hard to quote, and some that fit into no notification.
struct StormURLs {
    private static let oddities = [
        "\"", "\\", "/", "\n", "\r\n", "\t", "\u{1}", "\u{1f}", "\u{7f}", "é", "\u{2028}", "\u{2029}", "\u{fffd}", "😀",
        "e\u{301}", "</script>", "%00", "\\u0041", "data: ", "id: x\n\n", "\u{feff}", "'", "{}", "[", "\u{10ffff}",
    ]

    static func next(_ random: inout StormRandom, allowingLong: Bool = true) -> String {
        var url = "https://images.example/\(random.int(0...999_999)).png"
        if random.chance(0.15) {
            for _ in 0..<random.int(1...4) { url += random.pick(oddities) }
        }
        if allowingLong, random.chance(0.02) {
            url += String(repeating: random.pick(["x", "é", "\u{1}"]), count: 8_100)
        }
        return url
    }
}
