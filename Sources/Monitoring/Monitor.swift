import ProjectSync
import Synchronization

/// Watches what writers do, and how long it takes until it is seen: from what changes carry, so only what is committed.
package final class Monitor: Witness {
    private let state = Mutex(MonitorState())
    private let times: DeliveryTimes

    /// `times` hears of each arrival and delivery.
    package init(times: DeliveryTimes) {
        self.times = times
    }

    package func heard(_ changes: [Change], overwritten: [ProjectID: Int]) {
        let now = WallTime.now.microseconds
        let ahead = state.withLock { state in
            state.note(changes, overwritten: overwritten, now: now)
            return state.serverClockAhead_microseconds
        }
        times.arrival.observe(
            contentsOf: changes.lazy.filter { $0.statementTime_microseconds > 0 }
                .map { Self.seconds(max(0, now + ahead - $0.statementTime_microseconds)) })
    }

    package func delivered(_ deliveries: [Delivery]) {
        let now = WallTime.now.microseconds
        let took = state.withLock { state in deliveries.map { state.note($0, now: now) } }
        for (delivery, took) in zip(deliveries, took) {
            times.delivery.observe(Self.seconds(took), count: delivery.streams)
        }
    }

    package func measured(serverClockAhead_microseconds: Int64) {
        state.withLock { $0.measured(serverClockAhead_microseconds: serverClockAhead_microseconds) }
    }

    package func report(_ window: MonitorWindow, atMost limit: Int) -> MonitorReport {
        let now = WallTime.now.microseconds
        return state.withLock { $0.report(window, atMost: limit, now: now) }
    }

    /// Of one project alone.
    package func report(_ window: MonitorWindow, of id: ProjectID) -> MonitorReport {
        let now = WallTime.now.microseconds
        return state.withLock { $0.report(window, of: id, now: now) }
    }

    /// The last write transactions of a project that ended after a moment, by our clock.
    package func spans(of id: ProjectID, since moment: Int64, atMost limit: Int) -> [WriteSpan] {
        state.withLock { $0.spans(of: id, since: moment, atMost: limit) }
    }

    /// What has been seen since the daemon started.
    package var totals: (overwritten: Int, late: Int) {
        state.withLock { ($0.overall.overwrittenEver, $0.overall.lateEver) }
    }

    private static func seconds(_ microseconds: Int64) -> Double {
        Double(microseconds) / 1_000_000
    }
}
