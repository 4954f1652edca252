/// How far back the monitor looks.
package enum MonitorWindow: String, Sendable, CaseIterable {
    case minute
    case hour
}
