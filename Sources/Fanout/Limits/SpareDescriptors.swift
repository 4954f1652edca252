import Glibc

/// Descriptors that connections leave to the process itself. libdispatch, for one, opens files of /proc when it is busy, and
/// ends the process where it cannot.
package enum SpareDescriptors {
    private static let count: rlim_t = 32

    /// Whether a connection of this number has taken one of them: all lower numbers are in use then (open(2)).
    static func include(_ descriptor: CInt) -> Bool {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return false }
        return rlim_t(descriptor) >= limit.rlim_cur - min(count, limit.rlim_cur)
    }

    /// Whether the next connection would take one.
    package static var areNext: Bool {
        let next = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
        guard next >= 0 else { return errno == EMFILE }
        defer { close(next) }
        return include(next)
    }
}
