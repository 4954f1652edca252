import ProjectSync
import Testing

extension ProjectCache {
    /// Has the feed be live, and a project in memory that is this document without a row of an image.
    func know(_ id: ProjectID, _ document: String) async throws {
        feedIsLive()
        let read = Task { await self.read(id) }
        let snapshot = try #require(TransactionSnapshot("10:10:"))
        let project = try Array(document.utf8).withUnsafeBytes {
            try Project(id: id, documentText: $0, images: [], generations: [:], snapshot: snapshot)
        }
        while true {
            guard let batch = takeLoads(atMost: 1) else {
                await Task.yield()
                continue
            }
            complete(batch, [LoadedProject(id: id, project: project, snapshot: snapshot)])
            _ = await read.value
            return
        }
    }
}
