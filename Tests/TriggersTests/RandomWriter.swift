import Postgres
import RandomNumbers

/// A session that saves an image, begins, ends, goes back, a step at a time: each image at a scene of its own.
struct RandomWriter {
    private let session: Session
    private var scenes: ClosedRange<Int>
    private var next: Int
    /// What it saved since it began and since each savepoint; empty outside of transactions.
    private var levels: [[Int]] = []

    init(_ session: Session, scenes: ClosedRange<Int>) {
        self.session = session
        self.scenes = scenes
        next = scenes.lowerBound
    }

    /// The scenes that it committed.
    mutating func step(_ generator: inout SeededGenerator) async throws -> [Int] {
        guard let last = levels.indices.last else {
            try await session.query("BEGIN")
            levels = [[]]
            return []
        }
        switch Int.random(in: 0..<20, using: &generator) {
        case 0..<8:
            try await session.query("INSERT INTO @images VALUES (@A, \(next), 0, 'x')".withNames)
            levels[last].append(next)
            next += 1
        case 8..<11:
            try await session.query("SAVEPOINT level\(levels.count)")
            levels.append([])
        case 11..<13 where last > 0:
            try await session.query("RELEASE level\(last)")
            levels[last - 1] += levels.removeLast()
        case 13..<15 where last > 0:
            try await session.query("ROLLBACK TO level\(last)")
            levels[last] = []
        case 15..<17:
            try await session.query("ROLLBACK")
            levels = []
        default:
            try await session.query("COMMIT")
            defer { levels = [] }
            return levels.flatMap(\.self)
        }
        return []
    }
}
