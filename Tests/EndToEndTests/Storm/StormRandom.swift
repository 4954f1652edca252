/// SplitMix64: the same storm for the same seed, as far as one part of it can decide.
struct StormRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64, part: Int) {
        state = seed
        // Mixed, because seeds that lie a multiple of the step apart would give one sequence.
        state = next() ^ UInt64(truncatingIfNeeded: part)
        state = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
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
