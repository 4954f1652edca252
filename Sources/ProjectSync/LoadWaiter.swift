/// Somebody whom a load will answer.
enum LoadWaiter {
    case reader(CheckedContinuation<ReadOutcome, Never>, Answer.Source, since: ContinuousClock.Instant)
    case watcher(any Watcher, StreamRequest)
}
