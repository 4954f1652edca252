import NIOCore
import ProjectSync
import Synchronization

extension ReactorLoop {
    /// Its first event comes within the second.
    func open(_ window: MonitorWindow, _ terms: StreamTerms?, _ key: ConnectionKey) {
        connections[key]?.monitor = MonitorStream(window, terms, checksAt: second)
        monitors[window, default: []].insert(key)
        house.counters.addMonitors(1, window)
        let head = head(key)
        if !head.isEmpty { transmit(Parcel(head), to: key) }
    }

    /// Who has not taken the last one yet waits for the next: each tells everything.
    func tell(_ frame: Frame, to window: MonitorWindow) {
        guard let keys = monitors[window], !keys.isEmpty else { return }
        let parcel = Parcel(Chunk(frame).buffers)
        var writes = 0
        for key in keys where isWritable(key) {
            transmit(parcel, to: key)
            writes += 1
        }
        house.counters.writes.wrappingAdd(writes, ordering: .relaxed)
    }

    func leaveMonitor(_ key: ConnectionKey) {
        guard let window = connections[key]?.monitor?.window else { return }
        connections[key]?.monitor = nil
        monitors[window]?.remove(key)
        house.counters.addMonitors(-1, window)
        house.counters.subscribers.wrappingSubtract(1, ordering: .relaxed)
    }
}
