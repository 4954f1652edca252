import RandomNumbers

/// The same storm for the same seed, as far as one part of it can decide.
struct StormRandom: RandomNumberGenerator {
    private var generator: SeededGenerator

    init(seed: UInt64, part: Int) {
        // Mixed, because seeds that lie a multiple of the step apart would give one sequence.
        var seeds = SeededGenerator(seed: seed)
        seeds = SeededGenerator(seed: seeds.next() ^ UInt64(truncatingIfNeeded: part))
        generator = SeededGenerator(seed: seeds.next())
    }

    mutating func next() -> UInt64 {
        generator.next()
    }

    mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &self) < probability
    }

    mutating func int(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &self)
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[int(0...elements.count - 1)]
    }

    mutating func milliseconds(_ range: ClosedRange<Int>) -> Duration {
        .milliseconds(int(range))
    }

    mutating func uuid() -> String {
        let digits = (0..<32).map { _ in String(int(0...15), radix: 16) }.joined()
        let cuts = [8, 12, 16, 20]
        return digits.enumerated().map { cuts.contains($0) ? "-\($1)" : "\($1)" }.joined()
    }
}
