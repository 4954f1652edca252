import HTTPTypes
import HummingbirdCore
import NIOCore
import ProjectSync

/// A whole answer, ready to be sent.
struct Reply: Sendable {
    let status: HTTPResponse.Status
    var headers: HTTPFields
    let body: ByteBuffer

    init(status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], body: ByteBuffer = ByteBuffer()) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    static func json(_ text: String, status: HTTPResponse.Status = .ok) -> Reply {
        Reply(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ByteBuffer(string: text))
    }

    /// The whole answer as bytes, for a request that is not HEAD.
    var bytes: [ByteBuffer] {
        let head = Self.bytes(of: head)
        return status == .notModified ? [head] : [head, body]
    }

    /// A response's head as HTTP/1.1 writes it (RFC 9112, section 4).
    static func bytes(of head: HTTPResponse) -> ByteBuffer {
        var bytes = ByteBuffer()
        bytes.reserveCapacity(384)
        bytes.writeStaticString("HTTP/1.1 ")
        bytes.writeString("\(head.status.code) \(head.status.reasonPhrase)\r\n")
        for field in head.headerFields {
            bytes.writeString(field.name.rawName)
            bytes.writeStaticString(": ")
            bytes.writeString(field.value)
            bytes.writeStaticString("\r\n")
        }
        bytes.writeStaticString("\r\n")
        return bytes
    }

    private var head: HTTPResponse {
        var head = HTTPResponse(status: status, headerFields: headers)
        head.headerFields[.date] = DateField.now
        if status != .notModified && status != .noContent {
            head.headerFields[.contentLength] = String(body.readableBytes)
        }
        return head
    }

    /// Sends it; the answer to HEAD has all of it but the body (RFC 9110, 9.3.2).
    @concurrent
    func send(to method: HTTPRequest.Method, _ writer: consuming ResponseWriter) async throws {
        if method == .head || status == .notModified {
            try await writer.writeResponse(head)
        } else {
            try await writer.write(response: head, body: ResponseBody(byteBuffer: body))
        }
    }
}
