/// The app's tables, as SQL names them.
struct AppTables: Sendable {
    let projects: String
    let images: String

    init(schema: String) {
        projects = Installation.quoted(schema) + ".content_creation_requests"
        images = Installation.quoted(schema) + ".generated_images"
    }
}
