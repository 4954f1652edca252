import ProjectSync

/// What the monitor tells of a window.
package struct MonitorReport: Sendable {
    package let window: MonitorWindow
    package let overall: ActivityReport
    /// Those with changes, the busiest first.
    package let projects: [(id: ProjectID, activity: ActivityReport)]
}
