/// How many projects are copied in one transaction: as many as keep a writer who comes meanwhile waiting for a
/// twentieth of a second, a slow disk's commit included.
struct BatchSize {
    private static let limit = 256

    private(set) var count = 16

    mutating func learn(from count: Int, took: Duration) {
        if took > .milliseconds(50) {
            self.count = max(1, count / 2)
        } else if took < .milliseconds(25), count >= self.count {
            self.count = min(Self.limit, self.count * 2)
        }
    }
}
