import HTTPTypes
import NIOCore

/// What the paths and streams are, for programs: OpenAPI and AsyncAPI documents.
enum Descriptions {
    static let openAPI = reply(PackageResources.openapi_json)
    static let asyncAPI = reply(PackageResources.asyncapi_json)

    private static func reply(_ bytes: [UInt8]) -> Reply {
        Reply(
            headers: [.contentType: "application/json", .cacheControl: "no-cache"], body: ByteBuffer(bytes: bytes))
    }
}
