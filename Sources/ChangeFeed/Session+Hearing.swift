import Postgres

extension Session {
    /// Whether a notification on `channel`, which the session listens on, comes within a time.
    package func hears(_ channel: String, within patience: Duration) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await announcements in self.notifications
                where announcements.contains(where: { $0.channel == channel }) {
                    return true
                }
                return false
            }
            group.addTask {
                try? await Task.sleep(for: patience)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }
}
