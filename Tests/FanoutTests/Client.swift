import Glibc
import NIOCore
import Testing

/// A client of a hub's socket, which waits for what it reads.
struct Client {
    private let descriptor: CInt

    init(port: Int) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: port)
        let result = address.withSockAddr { connect(descriptor, $0, socklen_t($1)) }
        try #require(result == 0)
    }

    func send(_ text: String) {
        _ = Glibc.send(descriptor, text, text.utf8.count, 0)
    }

    /// What comes before the end of a line, or what has come when nothing does.
    func line() -> String {
        var text = ""
        while let byte = nextByte(), byte != UInt8(ascii: "\n") { text.unicodeScalars.append(Unicode.Scalar(byte)) }
        return text
    }

    /// The lines of the next chunk, which is what a reactor has written at once.
    func chunk() -> [String] {
        // Without the CR; and one more follows the contents, with its LF.
        let size = Int(line().dropLast(), radix: 16) ?? 0
        var contents: [UInt8] = []
        while contents.count < size, let byte = nextByte() { contents.append(byte) }
        _ = line()
        return String(decoding: contents, as: UTF8.self).split(separator: "\n").map { String($0) }
    }

    func close() {
        Glibc.close(descriptor)
    }

    private func nextByte() -> UInt8? {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, 0) == 1 ? byte : nil
    }
}
