/// Hears what becomes of changes, for whoever counts and times them.
///
/// Called by the threads that apply and send them: an implementation takes note and returns.
package protocol Witness: Sendable {
    /// These have been applied, in this order; `overwritten` says how many pictures of a project in memory they have put
    /// another one in the place of.
    func heard(_ changes: [Change], overwritten: [ProjectID: Int])
    /// These have left for sockets just now.
    func delivered(_ deliveries: [Delivery])
    /// By how much the database's clock is ahead of ours.
    func measured(serverClockAhead_microseconds: Int64)
}

/// One frame of a project that was written to streams.
package struct Delivery: Sendable {
    package let project: ProjectID
    /// When a trigger saw the oldest change in it, by the database's clock.
    package let writtenAt_microseconds: Int64
    package let streams: Int

    package init(project: ProjectID, writtenAt_microseconds: Int64, streams: Int) {
        self.project = project
        self.writtenAt_microseconds = writtenAt_microseconds
        self.streams = streams
    }
}
