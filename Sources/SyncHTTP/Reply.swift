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

    /// Sends it; the answer to HEAD has all of it but the body (RFC 9110, 9.3.2).
    @concurrent
    func send(to method: HTTPRequest.Method, _ writer: consuming ResponseWriter) async throws {
        var head = HTTPResponse(status: status, headerFields: headers)
        head.headerFields[.date] = WallTime.now.imfFixdate
        if status != .notModified { head.headerFields[.contentLength] = String(body.readableBytes) }
        if method == .head || status == .notModified {
            try await writer.writeResponse(head)
        } else {
            try await writer.write(response: head, body: ResponseBody(byteBuffer: body))
        }
    }
}
