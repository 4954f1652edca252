/// Pictures for the demo, drawn from their name alone so that they need no network: a sky, a sun and some hills.
enum DemoPicture {
    /// `NAME.svg`, for any name of letters, digits and dashes; nil for anything else.
    static func svg(_ file: String) -> String? {
        guard file.hasSuffix(".svg") else { return nil }
        let name = file.dropLast(4)
        guard !name.isEmpty, name.utf8.count <= 64,
            name.utf8.allSatisfy({ (48...57).contains($0) || (97...122).contains($0) || $0 == 45 })
        else { return nil }
        var random = NameGenerator(name)
        let hue = random.next(360)
        let sun = (x: 80 + random.next(480), y: 60 + random.next(120), radius: 24 + random.next(40))
        let hills = (0..<4).map { layer in
            let base = 190 + layer * 45
            let points = (0...8).map { "\($0 * 80),\(base - random.next(70))" }.joined(separator: " L")
            return
                "<path d='M\(points) L640,360 L0,360 Z' fill='hsl(\((hue + 30 + layer * 12) % 360) 45% \(62 - layer * 14)%)'/>"
        }
        return """
            <svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 640 360' width='640' height='360'>\
            <defs><linearGradient id='sky' x2='0' y2='1'><stop stop-color='hsl(\(hue) 70% 45%)'/>\
            <stop offset='1' stop-color='hsl(\((hue + 40) % 360) 80% 80%)'/></linearGradient></defs>\
            <rect width='640' height='360' fill='url(#sky)'/>\
            <circle cx='\(sun.x)' cy='\(sun.y)' r='\(sun.radius)' fill='hsl(\((hue + 50) % 360) 95% 88%)'/>\
            \(hills.joined())</svg>

            """
    }

    /// Numbers that depend on a name alone (FNV-1a, then a linear congruence).
    private struct NameGenerator {
        private var state: UInt64

        init(_ name: some StringProtocol) {
            state = name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        }

        mutating func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
    }
}
