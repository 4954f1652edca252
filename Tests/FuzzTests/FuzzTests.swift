import FoundationEssentials
import FuzzReaders
import RandomNumbers
import Testing

/// Every reader is given what nobody would send, for a second each; `make fuzz` looks longer, and for what is not yet tried.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct FuzzTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let time = Duration.seconds(1)

    @Test(arguments: Reader.allCases)
    func `nothing that is sent makes a reader fail`(_ reader: Reader) throws {
        let seed = Self.environment["SCENESYNC_FUZZ_SEED"].flatMap { UInt64($0) }
        let generator = seed.map { SeededGenerator(seed: $0) } ?? SeededGenerator()
        // First, so that it stands there if the process does not live to tell.
        print("\(reader): SCENESYNC_FUZZ_SEED=\(generator.seed)")
        var mutator = Mutator(reader.examples, words: reader.words, generator)
        let end = ContinuousClock.now + Self.time

        repeat {
            for _ in 0..<100 {
                let input = mutator.next()
                do {
                    try reader.read(input)
                } catch {
                    Issue.record(
                        "\(error), seed \(generator.seed): \(String(decoding: input, as: UTF8.self).debugDescription)")
                    return
                }
            }
        } while .now < end
    }

    @Test(arguments: Reader.allCases)
    func `what is right is read without a finding`(_ reader: Reader) throws {
        for example in reader.examples { try reader.read(Array(example.utf8)) }
    }
}
