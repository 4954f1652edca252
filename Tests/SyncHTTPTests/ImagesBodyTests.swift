import HTTPTypes
import ProjectSync
import Testing

@testable import SyncHTTP

@Suite struct ImagesBodyTests {
    private func read(_ text: String) throws(Problem) -> String {
        let result: Result<String, Problem> = Array(text.utf8).withUnsafeBytes { bytes in
            do throws(Problem) { return .success(try ImagesBody.read(bytes)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    private func pointers(_ text: String) -> [String]? {
        do throws(Problem) {
            _ = try read(text)
            return nil
        } catch {
            #expect(error.status.code == 400)
            return error.members.matches(of: /"pointer": "([^"]*)"/).map { String($0.output.1) }
        }
    }

    @Test(arguments: [
        (
            #"{"scene_index": 1, "image_url": "u"}"#,
            #"[{"scene_index":1,"image_index":0,"image_url":"u"}]"#
        ),
        (
            #" [ {"image_url":"é\u00e9\"\\\/\n","generation":7,"scene_index":-0,"image_index":"next","x":[{}]} ] "#,
            #"[{"scene_index":0,"image_index":"next","generation":7,"image_url":"éé\"\\/\n"}]"#
        ),
        (
            #"[{"scene_index":1,"image_url":"a","image_index":null,"generation":null},{"sc\u0065ne_index":2147483647,"image_index":-2147483648,"image_url":"b"}]"#,
            #"[{"scene_index":1,"image_index":0,"image_url":"a"},{"scene_index":2147483647,"image_index":-2147483648,"image_url":"b"}]"#
        ),
    ])
    func `images are taken, and what is not known is left out`(_ body: String, _ images: String) throws {
        #expect(try read(body) == images)
    }

    /// As the database's functions point at it, for those who call them themselves.
    @Test(arguments: [
        ("[]", [""]), ("3", [""]), ("\"x\"", [""]), ("null", [""]),
        ("[3]", ["/0"]), ("[[]]", ["/0"]), ("[{}]", ["/0/scene_index", "/0/image_url"]),
        ("{}", ["/scene_index", "/image_url"]),
        (#"{"scene_index": 1.0, "image_url": "x"}"#, ["/scene_index"]),
        (#"{"scene_index": 1e2, "image_url": "x"}"#, ["/scene_index"]),
        (#"{"scene_index": 2147483648, "image_url": "x"}"#, ["/scene_index"]),
        (#"{"scene_index": "1", "image_url": "x"}"#, ["/scene_index"]),
        (#"{"scene_index": true, "image_url": "x"}"#, ["/scene_index"]),
        (#"{"scene_index": null, "image_url": null}"#, ["/scene_index", "/image_url"]),
        (#"{"scene_index": 1, "image_url": ""}"#, ["/image_url"]),
        (#"{"scene_index": 1, "image_url": "\u0000"}"#, ["/image_url"]),
        (#"{"scene_index": 1, "image_url": "a\ud800"}"#, ["/image_url"]),
        (#"{"scene_index": 1, "image_url": ["x"]}"#, ["/image_url"]),
        (#"{"scene_index": 1, "image_url": "x", "image_index": "last"}"#, ["/image_index"]),
        (#"{"scene_index": 1, "image_url": "x", "image_index": 0.5}"#, ["/image_index"]),
        (#"{"scene_index": 1, "image_url": "x", "generation": -1}"#, ["/generation"]),
        (#"{"scene_index": 1, "image_url": "x", "generation": 9223372036854775808}"#, ["/generation"]),
        (
            #"[{"scene_index": 7, "image_url": "x"}, 1, {"scene_index": 7, "image_url": "y", "image_index": 0}]"#,
            ["/1", "/2"]
        ),
    ])
    func `what cannot be saved is pointed at`(_ body: String, _ expected: [String]) {
        #expect(pointers(body) == expected)
    }

    @Test(arguments: [
        "", "{", "[{]", #"{"scene_index": 1, "image_url": "x"},"#, #"[{"scene_index": 01, "image_url": "x"}]"#,
        #"{"scene_index": 1, "image_url": "x", "more": nul}"#, "scene_index=1",
    ])
    func `what is not JSON is refused as a whole`(body: String) {
        #expect(pointers(body) == [])
    }

    @Test func `ten thousand are taken, one more is not`() throws {
        func images(_ count: Int) -> String {
            "[\((0..<count).map { "{\"scene_index\": \($0), \"image_url\": \"u\"}" }.joined(separator: ","))]"
        }

        #expect(try read(images(10_000)).count > 400_000)
        #expect(pointers(images(10_001)) == [""])
    }

    @Test func `a hundred errors are enough`() {
        #expect(pointers("[\(Array(repeating: "{}", count: 5_000).joined(separator: ","))]")?.count == 100)
        #expect(pointers("[\(Array(repeating: "1", count: 5_000).joined(separator: ","))]")?.count == 100)
    }
}
