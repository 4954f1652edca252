/// The two advisory locks, in a key space of their own (two integers, the first of them `space`): they cannot meet an
/// application's keys unless that uses this very number. The triggers name the same numbers.
enum DoorbellLock: Int32 {
    /// Held by one daemon, the others queue for it: somebody listens.
    case presence = 1
    /// Held, besides, while changes are few: writers shall notify.
    case quiet = 2

    /// "SSYN" in ASCII.
    static let space: Int32 = 0x5353_594E

    var ask: String { "SELECT pg_advisory_lock(\(Self.space), \(rawValue))" }
    var leave: String { "SELECT pg_advisory_unlock(\(Self.space), \(rawValue))" }
}
