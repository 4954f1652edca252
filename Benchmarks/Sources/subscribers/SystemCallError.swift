import Glibc

/// A system call that failed, and why.
struct SystemCallError: Error, CustomStringConvertible {
    let description: String

    init(_ call: String) {
        description = "\(call): \(String(cString: strerror(errno)))"
    }
}
