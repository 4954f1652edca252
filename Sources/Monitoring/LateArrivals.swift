import ProjectSync

/// Notices images of an older generation: saved by a transaction that had begun before another one emptied their scene.
struct LateArrivals {
    private struct Emptying {
        let at: Int64
        let session: Int32
        let began: Int64
    }

    /// More scenes are not remembered; the oldest go.
    private static let limit = 256

    private var emptied: [Int32: Emptying] = [:]

    /// Returns how many of the change's images are late.
    mutating func note(_ change: Change) -> Int {
        guard case .images(let set, _, let lost) = change.effect else { return 0 }
        if change.operation == .delete {
            for scene in lost.keys { empty(scene, change) }
            return 0
        }
        guard !emptied.isEmpty, change.operation == .insert || change.operation == .update else { return 0 }
        return set.count { image in
            guard let emptying = emptied[image.place.scene] else { return false }
            let isOwn = emptying.session == change.backendPID && emptying.began == change.transactionTime_microseconds
            return !isOwn && change.transactionTime_microseconds < emptying.at
        }
    }

    private mutating func empty(_ scene: Int32, _ change: Change) {
        if emptied[scene] == nil, emptied.count >= Self.limit,
            let oldest = emptied.min(by: { $0.value.at < $1.value.at })?.key
        {
            emptied[oldest] = nil
        }
        emptied[scene] = Emptying(
            at: change.statementTime_microseconds, session: change.backendPID,
            began: change.transactionTime_microseconds)
    }
}
