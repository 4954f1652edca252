import ProjectSync
import Testing

@testable import SyncHTTP

@Suite struct GrantsTests {
    private static let mine = "aaaaaaaa-0000-4000-8000-000000000001"
    private static let other = "bbbbbbbb-0000-4000-8000-000000000002"

    /// The claims, and what they let their bearer do with a project of theirs and another: `rw-` of both, and `a`.
    @Test(
        arguments: [
            ("{}", "-- -- -"), (#"{"scenesync": {}}"#, "-- -- -"),
            (#"{"scenesync": {"read": ["\#(mine)"]}}"#, "r- -- -"),
            (#"{"scenesync": {"write": ["\#(mine)"]}}"#, "rw -- -"),
            (#"{"scenesync": {"read": ["*"], "write": ["\#(mine.uppercased())"]}}"#, "rw r- -"),
            (#"{"scenesync": {"read": [], "write": ["*"]}}"#, "rw rw -"),
            (#"{"scenesync": {"admin": true}}"#, "-- -- a"),
            (#"{"scenesync": {"admin": false, "read": ["*"]}}"#, "r- r- -"),
            (#"{"role": "service_role"}"#, "rw rw a"),
            (#"{"role": "service_role", "scenesync": {"read": []}}"#, "rw rw a"),
            (#"{"role": "authenticated"}"#, "-- -- -"), (#"{"role": "Service_Role"}"#, "-- -- -"),
            (#"{"app_metadata": {"role": "service_role"}}"#, "-- -- -"), (#"{"admin": true}"#, "-- -- -"),
        ])
    func `claims grant what they say`(claims: String, rights: String) throws {
        let members = try #require(JSONMembers(Array(claims.utf8)))
        let grants = try Grants(members)
        let projects = try [Self.mine, Self.other].map { try #require(ProjectID($0)) }

        let found = projects.map { (grants.mayRead($0) ? "r" : "-") + (grants.mayWrite($0) ? "w" : "-") }

        #expect((found + [grants.isAdmin ? "a" : "-"]).joined(separator: " ") == rights)
    }

    @Test(arguments: [
        "", "[]", "1", "{", "{}{}", #"{"a": 1, "a": 2}"#, #"{"\u0061": 1, "a": 2}"#, "{\"a\": \"\u{1}\"}",
    ])
    func `what is no object, or says something twice, is nothing`(text: String) {
        #expect(JSONMembers(Array(text.utf8)) == nil)
    }

    @Test(arguments: ["QQ", "QUI", "QUJD", "", "-_-_"])
    func `base 64 is read as it is written`(text: String) {
        #expect(Base64URL.decode(Array(text.utf8)) != nil)
    }

    @Test(arguments: ["Q", "QQ==", "QR", "QUJ", "+/+/", "QU J", "QUJDA", "QQ\n", "é"])
    func `base 64 of any other form is none`(text: String) {
        #expect(Base64URL.decode(Array(text.utf8)) == nil)
    }
}
