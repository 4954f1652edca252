extension Fault {
    /// One of each kind, within a minute.
    static func few(_ settings: ChaosSettings) -> [Fault] {
        [
            killed[0], killed[killed.count - 1], blackHoles(settings)[0], wrongPassword(settings), frozen(settings),
            forged(settings), silentTriggers(settings), restartedImmediate, crashWithoutCommits(settings),
        ]
    }

    /// All that there are, those that leave another server behind at the end.
    static func all(_ settings: ChaosSettings) -> [Fault] {
        killed + [flapping(settings), tooMany(settings), wrongPassword(settings), unknownNames(settings)]
            + blackHoles(settings) + silences(settings) + halfOpen(settings)
            + [restartedFast, restartedImmediate, backendKilled, down(settings), frozen(settings)]
            + clockSteps(settings)
            + [forged(settings), queuePressure(settings), silentTriggers(settings)]
            + [crashWithoutCommits(settings), restoredOlder(settings), failover(settings)]
    }
}
