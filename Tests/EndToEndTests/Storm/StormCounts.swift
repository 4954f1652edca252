import Synchronization

/// What a storm has met.
final class StormCounts: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case transactions, commits, rollbacks, statements, retries, lostSessions, failures
        case savepointRollbacks, upserts, sameUpserts, moves, projectMoves, shifts, returns, sceneDeletions,
            reinsertions
        case longTransactions, bursts, serializable, repeatableRead, copies
        case documentUpdates, oddDocuments, projectDeletions, projectInsertions, renamings, truncates, folds
        case longURLs, wideInserts
        case reads, freshReads, ownReads, notModified, unavailable
        case connections, cuts, cutsWithinBatches, changesOfDaemon, resumesByScenes, resumesByReady, resumesBySnapshot,
            foreignIDs, garbageIDs, jointConnections, jointResumes, channels
        case events, stales, deletions
        case listenersKilled, readersKilled, gatesKilled, loadersKilled, allKilled, freezes, restarts
        case unsafeAudits, audits, comparisons, observations, differences
    }

    private let counts = Mutex<[Kind: Int]>([:])

    subscript(kind: Kind) -> Int {
        counts.withLock { $0[kind, default: 0] }
    }

    func add(_ kind: Kind, _ number: Int = 1) {
        counts.withLock { $0[kind, default: 0] += number }
    }

    var text: String {
        let all = counts.withLock { $0 }
        return Kind.allCases.map { "\($0.rawValue) \(all[$0, default: 0])" }.joined(separator: ", ")
    }
}
