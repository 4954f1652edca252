import Testing

@testable import ProjectSync

@Suite struct JointIDTests {
    private let projects = (0..<50).compactMap {
        ProjectID("11111111-1111-4111-8111-1111111111\($0 < 10 ? "0" : "")\($0)")
    }
    private let revision = Revision("AAAAAAAAAAAAAAAAAAAAAA") ?? Revision()

    @Test func `it is read as it was printed, with what is not known yet`() throws {
        var id = JointID(of: projects)
        id.note(revision, at: 0)
        id.note(revision, at: 7)
        id.note(nil, at: 7)
        id.note(revision, at: 49)

        let read = try #require(JointID(id.description, of: projects))

        #expect(read.revisions == id.revisions)
        #expect(read.revisions.indices.filter { read.revisions[$0] != nil } == [0, 49])
    }

    @Test func `fifty projects take less than two kilobytes, and no character that a header may not have`() {
        var id = JointID(of: projects)
        for index in projects.indices { id.note(revision, at: index) }

        #expect(projects.count == 50)
        #expect(id.description.utf8.count < 2_048)
        #expect(id.description.wholeMatch(of: /[A-Za-z0-9_.-]+/) != nil)
    }

    @Test func `the id of another list, or of none, is not read`() {
        let id = JointID(of: Array(projects.prefix(2))).description

        #expect(JointID(id, of: projects.prefix(2).reversed()) == nil)
        #expect(JointID(id, of: Array(projects.prefix(3))) == nil)
        for text in ["", ".", "\(revision)", id + ".", id + "x", id + "\(revision)x"] {
            #expect(JointID(text, of: Array(projects.prefix(2))) == nil, "\(text)")
        }
        #expect(JointID(id + "\(revision)", of: Array(projects.prefix(2))) != nil)
    }
}
