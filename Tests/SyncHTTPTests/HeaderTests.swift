import HTTPTypes
import NIOCore
import ProjectSync
import Testing

@testable import SyncHTTP

@Suite struct HeaderTests {
    private let revision: Revision

    init() throws {
        revision = try #require(Revision("AAAAAAAAAAAAAAAAAAAAAQ"))
    }

    @Test(arguments: [
        (#""AAAAAAAAAAAAAAAAAAAAAQ""#, true), (#"W/"AAAAAAAAAAAAAAAAAAAAAQ""#, true),
        (#""AAAAAAAAAAAAAAAAAAAAAQ-gzip""#, true),
        (#"W/"AAAAAAAAAAAAAAAAAAAAAQ-gzip""#, true), ("*", true), (#""x", "AAAAAAAAAAAAAAAAAAAAAQ""#, true),
        (#""x",W/"AAAAAAAAAAAAAAAAAAAAAQ" ,"y""#, true),
        ("AAAAAAAAAAAAAAAAAAAAAQ", false), (#""x""#, false), ("", false), (#""AAAAAAAAAAAAAAAAAAAAAQ-br""#, false),
    ])
    func `If-None-Match names a revision in either form`(value: String, isMatch: Bool) {
        #expect(ReadHeaders.matches([.ifNoneMatch: value], revision) == isMatch)
    }

    @Test(arguments: [
        ("no-cache", true), ("max-age=0, No-Cache", true), ("no-cache=x", false), ("max-age=0", false), ("", false),
    ])
    func `Cache-Control asks for a fresh answer`(value: String, isFresh: Bool) {
        #expect(ReadHeaders.asksForFresh([.cacheControl: value]) == isFresh)
    }

    @Test(arguments: [
        ("a=1&b=2", "b", "2"), ("b=a%20b+c%2B", "b", "a b c+"), ("b", "b", ""), ("b=%zz%", "b", "%zz%"),
        ("b=%+f%-1%4", "b", "% f%-1%4"),
        ("a=1&b=1&b=2", "b", "1"),
    ])
    func `a query's parameters are decoded`(query: String, name: String, expected: String) {
        #expect(Query(query[...])[name] == expected)
    }

    @Test func `an error names what is wrong without breaking its JSON`() {
        let reply = Problem.badRequest("a \"quoted\"\nline").reply

        #expect(reply.status.code == 400)
        #expect(reply.headers[.contentType] == "application/problem+json")
        #expect(
            String(buffer: reply.body)
                == #"{"type": "/problems/bad-request", "title": "The request is malformed", "detail": "a \"quoted\"\nline", "status": 400}"#
                + "\n")
    }
}
