/// Something that the subscribers of a project have to hear.
package enum Publication: Sendable {
    /// The new state of some scenes, and the position in the log after it.
    case scenes([SceneEvent], Revision, position: UInt64)
    case snapshot(ProjectBody, position: UInt64)
    /// For those who were told that the project may be stale: all is known up to this position in the log.
    case ready(Revision, position: UInt64)
    case deleted
}

/// Where the cache hands on what it publishes.
///
/// Called in the order of the changes and under the cache's lock: an implementation takes note and returns.
package protocol Audience: Sendable {
    /// `writtenAt_microseconds`: when a trigger saw the oldest change in it, by the database's clock, if that is known.
    /// `handout` is told of the streams that it is handed to.
    func publish(
        _ publication: Publication, of project: ProjectID, writtenAt_microseconds: Int64?, handout: Handout?)
    func announceStale(since: String)
}
