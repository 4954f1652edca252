/// How far the scenes of warm projects are along.
package struct ProgressReport: Sendable {
    package var overall = SceneProgress()
    package var byProject: [ProjectID: SceneProgress] = [:]
}

extension CacheState {
    /// What has changed since the last call is counted anew, `wanted` first; of the rest, so much that the lock is not
    /// held for long. What is left over counts as it last was.
    func progress(of wanted: [ProjectID], countingAtMost limit: Int) -> ProgressReport {
        var report = ProgressReport()
        for id in wanted {
            if let progress = entries[id]?.countedProgress() { report.byProject[id] = progress }
        }
        var left = limit
        for entry in entries.values {
            if left > 0, !entry.isProgressCounted {
                left -= 1
                _ = entry.countedProgress()
            }
            if let progress = entry.lastProgress { report.overall.add(progress) }
        }
        return report
    }
}

extension CacheEntry {
    var isProgressCounted: Bool {
        project == nil || progress?.revision == project?.revision
    }

    var lastProgress: SceneProgress? {
        project == nil ? nil : progress?.value
    }

    func countedProgress() -> SceneProgress? {
        guard let revision = project?.revision else { return nil }
        if let progress, progress.revision == revision { return progress.value }
        progress = project.map { (revision, $0.progress) }
        return progress?.value
    }
}
