import ProjectSync

/// A project of the demo and what its scenes are about.
struct DemoProject: Sendable {
    let id: String
    let title: String
    let prompts: [String]
    /// Whether its pictures are still where they used to be, in the document.
    var isOldStyle = false

    var document: String {
        let scenes = prompts.enumerated().map { number, prompt in
            let stored = isOldStyle ? ", \"imageUrls\": [\"/demo/pictures/old-\(number + 1).svg\"]" : ""
            return "{\"index\": \(number + 1), \"prompt\": \(JSONText.string(prompt))\(stored)}"
        }
        return "{\"title\": \(JSONText.string(title)), \"scenes\": [\(scenes.joined(separator: ", "))]}"
    }

    static let all = [
        DemoProject(
            id: "11111111-1111-4111-8111-111111111111", title: "The lighthouse keeper",
            prompts: [
                "A lighthouse on a cliff at dawn, sea mist", "The keeper climbs a spiral stair, lamp in hand",
                "Storm over the bay, waves against rock", "A small boat with one lit lantern",
                "The beam finds the boat", "Morning: two cups of tea on the step",
            ]),
        DemoProject(
            id: "22222222-2222-4222-8222-222222222222", title: "Harvest in the high valley",
            prompts: [
                "Terraces of wheat under a white ridge", "Children carrying baskets down a stone path",
                "A brass band in the village square", "Lanterns strung between plum trees",
            ]),
        DemoProject(
            id: "33333333-3333-4333-8333-333333333333", title: "Night train north",
            prompts: [
                "A platform in the rain, one blue suitcase", "Through the window: birch forest at speed",
                "The dining car, a chessboard mid-game", "Snow begins beyond the tree line",
                "Arrival under green auroras",
            ]),
        DemoProject(
            id: "44444444-4444-4444-8444-444444444444", title: "From the archive",
            prompts: ["A market hall in sepia", "Two sisters at a piano", "The same street, fifty years on"],
            isOldStyle: true),
    ]
}
