import CZlib
import Postgres
import Testing

@Suite(.daemon(), .timeLimit(.minutes(1)))
struct GzipTests {
    private let stage: Stage

    init() throws {
        stage = try Stage.current
    }

    @Test(arguments: ["", "/scenes"], ["gzip", "br, gzip;q=0.1", "*", "x-gzip", "GZIP"])
    func `who takes gzip gets it, under a tag of its own`(part: String, accepted: String) async throws {
        let project = try await stage.insertProject(Stage.document(scenes: 200))
        let target = "/v1/projects/\(project)\(part)"

        // The first waits for a load, the second is answered from memory.
        for _ in 0..<2 {
            let answer = try await stage.client.get(target, ["Accept-Encoding": accepted])
            let plain = try await stage.client.get(target)
            #expect(answer["Content-Encoding"] == "gzip")
            #expect(answer.body.count < plain.body.count / 2)
            #expect(try inflated(answer.body) == plain.body)
            #expect(answer["Vary"] == "Accept-Encoding")
            #expect(answer["Content-Length"] == String(answer.body.count))
            #expect(answer.etag == plain.etag.map { $0.dropLast() + "-gzip\"" })
        }
    }

    @Test(arguments: ["gzip;q=0", "identity", "br", "*;q=0", "gzip;q=0, *", ""])
    func `who does not take it does not get it`(accepted: String) async throws {
        let project = try await stage.insertProject()

        for _ in 0..<2 {
            let answer = try await stage.client.get("/v1/projects/\(project)", ["Accept-Encoding": accepted])
            #expect(answer["Content-Encoding"] == nil)
            #expect(answer["Vary"] == "Accept-Encoding")
            #expect(answer.text.hasPrefix("{"))
        }
    }

    @Test func `a changed project is compressed anew`() async throws {
        let project = try await stage.insertProject()
        let target = "/v1/projects/\(project)"
        _ = try await stage.client.get(target, ["Accept-Encoding": "gzip"])

        try await stage.save("new", scene: 1, of: project)
        let expected = try await stage.expected(project)

        try await eventually("the compressed form follows") {
            let body = try inflated(try await stage.client.get(target, ["Accept-Encoding": "gzip"]).body)
            return String(decoding: body, as: UTF8.self)
                == "{\"id\": \"\(project)\", \"generated_output\": \(expected ?? "")}"
        }
    }

    @Test func `304 and HEAD speak of the form that would be sent`() async throws {
        let project = try await stage.insertProject()
        let target = "/v1/projects/\(project)"
        let tag = try #require(try await stage.client.get(target, ["Accept-Encoding": "gzip"]).etag)

        let unchanged = try await stage.client.get(target, ["Accept-Encoding": "gzip", "If-None-Match": tag])
        let head = try await stage.client.head(target, ["Accept-Encoding": "gzip"])

        #expect(unchanged.status == 304)
        #expect(unchanged.etag == tag)
        #expect(head.etag == tag)
        #expect(head["Content-Encoding"] == "gzip")
    }

    private func inflated(_ bytes: [UInt8]) throws -> [UInt8] {
        var stream = z_stream()
        try #require(scenesync_begin_gunzip(&stream) == Z_OK)
        defer { inflateEnd(&stream) }
        var input = bytes
        var output = [UInt8](repeating: 0, count: 1 << 20)
        let status = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                (stream.next_in, stream.avail_in) = (input.baseAddress, uInt(input.count))
                (stream.next_out, stream.avail_out) = (output.baseAddress, uInt(output.count))
                return inflate(&stream, Z_FINISH)
            }
        }
        try #require(status == Z_STREAM_END)
        return Array(output.prefix(Int(stream.total_out)))
    }
}
