import NIOCore

/// Server-Sent Events as bytes, encoded once and shared by all who are sent them.
///
/// A snapshot's frame borrows the project's encoded body, so a large document is not copied for it.
package struct Frame: Sendable {
    /// The one id that a frame may have, and where in its first part the digits of it stand.
    private struct ID {
        let revision: Revision
        let offset: Int
    }

    package let parts: [ByteBuffer]
    private let id: ID?

    package init(_ parts: [ByteBuffer]) {
        self.parts = parts
        id = nil
    }

    /// The id of `revision` stands in the first part, `offset` bytes from its beginning.
    init(_ parts: [ByteBuffer], id revision: Revision, at offset: Int) {
        self.parts = parts
        id = ID(revision: revision, offset: offset)
    }

    package init(_ text: String) {
        self.init([ByteBuffer(string: text)])
    }

    /// `head` ends before the digits of the id, which follow, and then `rest`.
    private init(_ head: String, id revision: Revision, _ rest: String, _ more: [ByteBuffer] = []) {
        self.init([ByteBuffer(string: "\(head)\(revision)\(rest)")] + more, id: revision, at: head.utf8.count)
    }

    /// The state that the frame's id vouches for; nil for one without an id.
    package var revision: Revision? { id?.revision }

    /// The same events under another id.
    package func bearing(_ other: JointID) -> Frame {
        guard let id, var first = parts.first, let head = first.readSlice(length: id.offset) else { return self }
        first.moveReaderIndex(forwardBy: Revision.length)
        return Frame([head, ByteBuffer(string: other.description), first] + parts.dropFirst())
    }

    package var size_bytes: Int {
        parts.reduce(0) { $0 + $1.readableBytes }
    }
}

extension Frame {
    /// Everything of `project`: replace what you have.
    package static func snapshot(_ body: ProjectBody) -> Frame {
        Frame(
            "event: snapshot\nid: ", id: body.revision, "\ndata: {\"project\": ",
            [body.project, ByteBuffer(string: ", \"revision\": \"\(body.revision)\"}\n\n")])
    }

    /// What came before is complete; changes arrive live from here on.
    package static func ready(_ project: ProjectID, _ revision: Revision) -> Frame {
        Frame(
            "event: ready\nid: ", id: revision,
            "\ndata: {\"project_id\": \"\(project)\", \"revision\": \"\(revision)\"}\n\n")
    }

    /// The database is out of reach; `since` is an RFC 3339 time.
    package static func stale(since: String) -> Frame {
        Frame("event: stale\ndata: {\"since\": \"\(since)\"}\n\n")
    }

    package static func deleted(_ project: ProjectID) -> Frame {
        Frame("event: deleted\ndata: {\"project_id\": \"\(project)\"}\n\n")
    }

    /// The token has ended, or has lost its right: come again with another one.
    package static let expired = Frame("event: expired\ndata: {}\n\n")

    /// An event-less line that moves the client's last event id (HTML, 9.2.6).
    package static func position(_ revision: Revision) -> Frame {
        Frame("id: ", id: revision, "\n\n")
    }

    /// The same on a joint stream.
    package static func position(_ id: JointID) -> Frame {
        Frame("id: \(id)\n\n")
    }

    /// How long the client waits before it connects again.
    package static func retry(after delay: Duration) -> Frame {
        Frame("retry: \(delay.components.seconds * 1_000 + delay.components.attoseconds / 1_000_000_000_000_000)\n\n")
    }

    package static let heartbeat = Frame(":\n\n")
}
