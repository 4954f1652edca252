import ProjectSync
import Testing

extension ProjectCache {
    /// Has the feed be live, and this project in memory.
    func know(_ project: Project) async throws {
        feedIsLive()
        let read = Task { await self.read(project.id) }
        while true {
            guard let batch = takeLoads(atMost: 1) else {
                await Task.yield()
                continue
            }
            complete(batch, [LoadedProject(id: project.id, project: project, snapshot: project.snapshot)])
            _ = await read.value
            return
        }
    }

    /// The same of a project that is this document, without a row of an image.
    func know(_ id: ProjectID, _ document: String) async throws {
        let snapshot = try #require(TransactionSnapshot("10:10:"))
        try await know(
            Array(document.utf8).withUnsafeBytes {
                try Project(id: id, documentText: $0, images: [], generations: [:], snapshot: snapshot)
            })
    }
}
