import ProjectSync

extension MonitorWindow {
    package var seconds: Int {
        switch self {
        case .minute: 60
        case .hour: 3_600
        }
    }
}
