import RandomNumbers

/// Makes inputs that are nearly right: examples, cut, glued together, and disturbed.
struct Mutator {
    let examples: [[UInt8]]
    /// What means something in the language of the examples.
    let words: [[UInt8]]
    var generator: SeededGenerator

    init(_ examples: [String], words: [String], _ generator: SeededGenerator) {
        self.examples = examples.map { Array($0.utf8) }
        self.words = words.map { Array($0.utf8) }
        self.generator = generator
    }

    mutating func next() -> [UInt8] {
        var bytes = pick(examples)
        for _ in 0..<Int.random(in: 0...6, using: &generator) { disturb(&bytes) }
        return Array(bytes.prefix(20_000))
    }

    private mutating func disturb(_ bytes: inout [UInt8]) {
        let place = Int.random(in: 0...bytes.count, using: &generator)
        let end = Int.random(in: place...min(bytes.count, place + 20), using: &generator)
        switch Int.random(in: 0..<9, using: &generator) {
        case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1 where place < bytes.count: bytes[place] = .random(in: 0 ... .max, using: &generator)
        case 2: bytes.insert(.random(in: 0 ... .max, using: &generator), at: place)
        case 3: bytes.insert(contentsOf: pick(words), at: place)
        case 4: bytes.replaceSubrange(place..<end, with: pick(words))
        case 5: bytes.removeSubrange(place..<end)
        case 6: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 7: bytes = Array(bytes[..<place])
        default:
            let other = pick(examples)
            bytes = Array(bytes.prefix(place)) + other.dropFirst(Int.random(in: 0...other.count, using: &generator))
        }
    }

    private mutating func pick(_ choices: [[UInt8]]) -> [UInt8] {
        choices.randomElement(using: &generator) ?? []
    }
}
