import Glibc

/// One subscriber: a request for a project's event stream, and what it has been told since.
final class Connection {
    let descriptor: Int32
    private(set) var isOpen = true
    private(set) var isReady = false

    private enum Event {
        case snapshot
        case scene
        case ready
        case other
    }

    private let project: String
    private var head: [UInt8]? = []
    private var body = ChunkedBody()
    private var lines = LineReader()
    private var event = Event.other
    private var images = ProjectImages()

    /// Connects and asks, waiting for both: on loopback that takes microseconds.
    init(to project: String, port: UInt16) throws {
        self.project = project
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let connected = withUnsafeBytes(of: &address) { bytes in
            connect(
                descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(bytes.count))
        }
        guard connected == 0 else { throw SystemCallError("connect") }
        var request = "GET /v1/projects/\(project)/events HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n"
        let sent = request.withUTF8 { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard sent == request.utf8.count else { throw SystemCallError("send") }
    }

    deinit {
        if isOpen { close(descriptor) }
    }

    /// Reads once; epoll comes back if there is more.
    func receive(into buffer: UnsafeMutableRawBufferPointer, _ deliveries: inout Deliveries) {
        let count = recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count > 0 else { return end() }
        deliveries.arrive()
        var bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        if head != nil {
            guard let rest = takeHead(bytes) else { return }
            bytes = rest
        }
        body.read(bytes) { data in
            lines.read(data) { take($0, &deliveries) }
        }
    }

    /// What this subscriber believes: `PROJECT SCENE [URL, ...]`, a line for each scene.
    var dump: String {
        images.scenes.map { "\(project) \($0.key) [\(String(decoding: $0.value, as: UTF8.self))]\n" }.joined()
    }

    private func end() {
        close(descriptor)
        isOpen = false
        isReady = false
    }

    /// Returns what of `bytes` follows the head, once it is complete.
    private func takeHead(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        let before = head?.count ?? 0
        head?.append(contentsOf: bytes)
        let length: Int? = head?.withUnsafeBytes { $0.end(of: "\r\n\r\n") }
        guard let length else { return nil }
        if head?.starts(with: "HTTP/1.1 200".utf8) != true { end() }
        head = nil
        return isOpen ? UnsafeRawBufferPointer(rebasing: bytes[(length - before)...]) : nil
    }

    /// The daemon names an event before its data.
    private func take(_ line: UnsafeRawBufferPointer, _ deliveries: inout Deliveries) {
        if line.isEmpty {
            event = .other
        } else if line.starts(with: "event: scene") {
            event = .scene
        } else if line.starts(with: "event: snapshot") {
            event = .snapshot
        } else if line.starts(with: "event: ready") {
            event = .ready
        } else if line.starts(with: "data: ") {
            switch event {
            case .snapshot: images.replaceAll(by: line, &deliveries)
            case .scene: images.replaceScene(by: line, &deliveries)
            case .ready: isReady = true
            case .other: break
            }
        }
    }
}
