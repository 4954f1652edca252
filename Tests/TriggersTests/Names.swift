/// Short names, so that a statement fits on a line: `@A` is a project's id, `@images` the table and its columns.
enum Names {
    static let projects = ["A", "B", "C", "D", "E"]

    static func id(_ project: String) -> String {
        "\(String(repeating: project.lowercased(), count: 8))-0000-4000-8000-000000000000"
    }

    static func project(_ id: String) -> String {
        projects.first { Names.id($0) == id } ?? id
    }
}

extension String {
    var withNames: String {
        let images = "generated_images (content_creation_request_id, scene_index, image_index, image_url)"
        return Names.projects.reduce(replacing("@images", with: images)) { text, project in
            text.replacing("@\(project)", with: "'\(Names.id(project))'::uuid")
        }
    }
}
