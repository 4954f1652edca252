import Glibc
import NIOCore
import Testing

/// A client of a hub's socket, which waits for what it reads.
struct Client {
    private let descriptor: CInt

    init(port: Int) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: port)
        let result = address.withSockAddr { connect(descriptor, $0, socklen_t($1)) }
        try #require(result == 0)
    }

    func send(_ text: String) {
        _ = Glibc.send(descriptor, text, text.utf8.count, 0)
    }

    /// What comes before the end of a line, or what has come when nothing does.
    func line() async -> String {
        var text = ""
        while let byte = await nextByte(), byte != UInt8(ascii: "\n") {
            text.unicodeScalars.append(Unicode.Scalar(byte))
        }
        return text
    }

    /// The lines of the next chunk, which is what a reactor has written at once.
    func chunk() async -> [String] {
        // Without the CR; and one more follows the contents, with its LF.
        let size = Int(await line().dropLast(), radix: 16) ?? 0
        var contents: [UInt8] = []
        while contents.count < size, let byte = await nextByte() { contents.append(byte) }
        _ = await line()
        return String(decoding: contents, as: UTF8.self).split(separator: "\n").map { String($0) }
    }

    func close() {
        Glibc.close(descriptor)
    }

    /// Waits without holding a thread, of which there may be fewer than tests: the hub needs one to begin.
    private func nextByte() async -> UInt8? {
        let deadline = ContinuousClock.now + .seconds(10)
        var byte: UInt8 = 0
        while true {
            let count = recv(descriptor, &byte, 1, CInt(MSG_DONTWAIT))
            if count == 1 { return byte }
            guard count < 0, errno == EAGAIN, .now < deadline else { return nil }
            try? await Task.sleep(for: .milliseconds(1))
        }
    }
}
