/// What the way to a project's stream tells.
enum StreamNews: Equatable, Sendable {
    case connecting
    /// The daemon has answered; events follow.
    case opened
    case event(ProjectEvent)
    case heartbeat
    case lost(why: String, again: Duration)
}
