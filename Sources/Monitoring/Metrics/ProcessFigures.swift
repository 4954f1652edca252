import Glibc

/// What the kernel tells of this process (proc(5)).
package struct ProcessFigures: Sendable {
    package var cpu_seconds = 0.0
    package var resident_bytes = 0.0
    package var virtual_bytes = 0.0
    package var threads = 0.0
    package var openDescriptors = 0.0
    package var mostDescriptors = 0.0
    /// Since 1970.
    package var start_seconds = 0.0

    package static var now: ProcessFigures {
        var figures = ProcessFigures()
        // The name, in parentheses, may have blanks in it.
        let stat = read("/proc/self/stat").split(separator: ")").last.map { $0.split(separator: " ") } ?? []
        func field(_ number: Int) -> Double { number - 3 < stat.count ? Double(stat[number - 3]) ?? 0 : 0 }
        let ticks = Double(sysconf(CInt(_SC_CLK_TCK)))
        figures.cpu_seconds = (field(14) + field(15)) / ticks
        figures.threads = field(20)
        figures.virtual_bytes = field(23)
        figures.resident_bytes = field(24) * Double(sysconf(CInt(_SC_PAGESIZE)))
        figures.start_seconds = bootTime_seconds + field(22) / ticks
        figures.openDescriptors = Double(countEntries("/proc/self/fd"))
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            figures.mostDescriptors = Double(limit.rlim_cur)
        }
        return figures
    }

    /// By the clocks: a service may see of `/proc` its processes alone (`ProcSubset=pid`, systemd.exec(5)).
    private static let bootTime_seconds = seconds(CLOCK_REALTIME) - seconds(CLOCK_BOOTTIME)

    private static func seconds(_ clock: CInt) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func read(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4_096)
        while case let count = Glibc.read(descriptor, &part, part.count), count > 0 {
            bytes += part[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Without `.`, `..` and the descriptor that is used for it.
    private static func countEntries(_ path: String) -> Int {
        guard let folder = opendir(path) else { return 0 }
        defer { closedir(folder) }
        var count = -3
        while readdir(folder) != nil { count += 1 }
        return max(0, count)
    }
}
