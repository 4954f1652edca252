import ProjectSync

/// The lists that payloads and loads have in common.
enum ImageList {
    /// `[[scene, image, "url"], …]`
    static func images(_ json: inout JSONCursor) throws(JSONError) -> [Image] {
        var images: [Image] = []
        try json.array { (json) throws(JSONError) in
            let place = try placeStart(&json)
            try json.take(",")
            _ = json.peek()
            images.append(Image(place: place, url: try ImageURL(reading: &json)))
            try json.take("]")
        }
        return images
    }

    /// `[[scene, image], …]`
    static func places(_ json: inout JSONCursor) throws(JSONError) -> [Place] {
        var places: [Place] = []
        try json.array { (json) throws(JSONError) in
            places.append(try placeStart(&json))
            try json.take("]")
        }
        return places
    }

    /// `[[scene, generation], …]`
    static func generations(_ json: inout JSONCursor) throws(JSONError) -> [Int32: Int64] {
        var generations: [Int32: Int64] = [:]
        try json.array { (json) throws(JSONError) in
            try json.take("[")
            let scene: Int32 = try json.integer()
            try json.take(",")
            generations[scene] = try json.integer()
            try json.take("]")
        }
        return generations
    }

    static func integers(_ json: inout JSONCursor) throws(JSONError) -> [Int32] {
        var integers: [Int32] = []
        try json.array { (json) throws(JSONError) in integers.append(try json.integer()) }
        return integers
    }

    private static func placeStart(_ json: inout JSONCursor) throws(JSONError) -> Place {
        try json.take("[")
        let scene: Int32 = try json.integer()
        try json.take(",")
        return Place(scene: scene, image: try json.integer())
    }
}
