import ProjectSync
import Testing

@Suite struct ProjectIDTests {
    @Test func `an id is printed in lower case`() throws {
        let id = try #require(ProjectID("0123ABCD-4567-89EF-aBcD-EF0123456789"))

        #expect(id.description == "0123abcd-4567-89ef-abcd-ef0123456789")
    }

    @Test(arguments: [
        "", "x", "0123abcd456789efabcdef0123456789", "{0123abcd-4567-89ef-abcd-ef0123456789}",
        "0123abcd-4567-89ef-abcd-ef012345678",
        "0123abcd-4567-89ef-abcd-ef01234567890", "0123abcg-4567-89ef-abcd-ef0123456789",
        "0123abcd-4567-89ef-abcd_ef0123456789",
        " 0123abcd-4567-89ef-abcd-ef0123456789", "٠123abcd-4567-89ef-abcd-ef0123456789",
    ])
    func `any other form is refused`(text: String) {
        #expect(ProjectID(text) == nil)
    }
}
