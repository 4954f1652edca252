import NIOCore
import ProjectSync
import Testing

let someProject = "aaaaaaaa-0000-4000-8000-000000000001"

func projectID(_ text: String = someProject) throws -> ProjectID {
    try #require(ProjectID(text))
}

func image(_ scene: Int32, _ place: Int32, _ url: String) -> Image {
    Image(place: Place(scene: scene, image: place), url: ImageURL(url))
}

/// A project as a load gives it; `document` nil is SQL's NULL.
func project(
    _ document: String?, _ images: [Image] = [], lost: [Int32: Int64] = [:],
    snapshot: TransactionSnapshot = TransactionSnapshot(xmin: 100, xmax: 100)
) throws -> Project {
    guard let document else {
        return try Project(id: projectID(), documentText: nil, images: images, generations: lost, snapshot: snapshot)
    }
    return try Array(document.utf8).withUnsafeBytes { bytes in
        try Project(id: projectID(), documentText: bytes, images: images, generations: lost, snapshot: snapshot)
    }
}

/// The merged document of a project.
func merged(_ project: Project) -> String {
    let text = String(buffer: ProjectBody(project).project)
    let start = "{\"id\": \"\(project.id)\", \"generated_output\": "
    #expect(text.hasPrefix(start) && text.hasSuffix("}"))
    return String(text.dropFirst(start.count).dropLast())
}

func setImages(
    _ images: [Image], gone: [Place] = [], lost: [Int32: Int64] = [:], xid: UInt64 = 200, n: Int64 = 1,
    project: String = someProject
) throws -> Change {
    Change(
        operation: .insert, project: try projectID(project), xid: xid, n: n,
        effect: .images(set: images, gone: gone, lost: lost))
}
