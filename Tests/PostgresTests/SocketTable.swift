import Glibc

/// The process's open sockets, as the kernel shows them.
enum SocketTable {
    /// The inode of the TCP socket with this local port, as long as it is open.
    static func inode(ofLocalPort port: Int64) -> String? {
        let hexadecimal = String(port, radix: 16, uppercase: true)
        let suffix = ":" + String(repeating: "0", count: 4 - hexadecimal.count) + hexadecimal
        let lines = read("/proc/self/net/tcp").split(separator: "\n").map { $0.split(separator: " ") }
        return lines.first { $0.count > 9 && $0[1].hasSuffix(suffix) && $0[9] != "0" }.map { String($0[9]) }
    }

    /// Whether a descriptor of this process still refers to it.
    static func isOpen(inode: String) -> Bool {
        (0..<1024).contains { descriptor in
            var status = stat()
            // A file may have the same number as a socket.
            return fstat(Int32(descriptor), &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
                && String(status.st_ino) == inode
        }
    }

    private static func read(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var text: [UInt8] = []
        while case let byte = fgetc(file), byte != EOF {
            text.append(UInt8(truncatingIfNeeded: byte))
        }
        return String(decoding: text, as: UTF8.self)
    }
}
