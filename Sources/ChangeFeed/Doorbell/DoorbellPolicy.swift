/// How a daemon rings: which of the two ways its writers take.
package struct DoorbellPolicy: Sendable {
    package enum Way: String, Sendable, CaseIterable {
        /// Notifications while changes are few, the table while they are many.
        case auto
        /// Notifications always.
        case notify
        /// The table always: for writers who prepare transactions, which PostgreSQL refuses after a NOTIFY.
        case table
    }

    package var way: Way
    /// Changes a second from which on it is busy whatever is seen; quiet it is again below half as many.
    package var busyAbove: Double
    /// How long changes have to be few before it is quiet again.
    package var quietAfter: Duration

    package init(_ way: Way = .auto, busyAbove: Double = 1_000, quietAfter: Duration = .seconds(2)) {
        self.way = way
        self.busyAbove = busyAbove
        self.quietAfter = quietAfter
    }
}
