/// The last sixty tallies, one for each second, or each minute.
struct TallyRing {
    static let length = 60

    private var tallies = [Tally](repeating: Tally(), count: length)
    /// The newest second or minute that it has.
    private var newest = 0

    /// Edits the tally of a second or minute; nothing happens for one that is out of the window.
    mutating func edit(_ time: Int, _ edit: (inout Tally) -> Void) {
        if time > newest { advance(to: time) }
        guard time > newest - Self.length else { return }
        edit(&tallies[time % Self.length])
    }

    /// What there is up to `time`, oldest first.
    func window(endingAt time: Int) -> [Tally] {
        (time - Self.length + 1...time).map { tally(at: $0) }
    }

    /// How many rows that is.
    func rows(endingAt time: Int) -> Int {
        var rows = 0
        for time in max(0, time - Self.length + 1)...max(0, time) { rows += tally(at: time).rows }
        return rows
    }

    func tally(at time: Int) -> Tally {
        time > newest - Self.length && time <= newest && time >= 0 ? tallies[time % Self.length] : Tally()
    }

    private mutating func advance(to time: Int) {
        for skipped in max(newest + 1, time - Self.length + 1)...time {
            tallies[skipped % Self.length] = Tally()
        }
        newest = time
    }
}
