import FoundationEssentials

/// The place that a save was given, in the daemon's answer.
struct SavedPlace {
    let image: Int32

    /// Nil for an answer of another form.
    init?(_ body: String) {
        struct Answer: Decodable {
            struct Image: Decodable {
                let image_index: Int32
            }
            let images: [Image]
        }
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(body.utf8)),
            let image = answer.images.first
        else { return nil }
        self.image = image.image_index
    }
}
