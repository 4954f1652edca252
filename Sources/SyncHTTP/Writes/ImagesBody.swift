import ProjectSync

/// The images in a request's body, or what is wrong with them.
struct ImagesBody {
    private static let most = 10_000
    /// More errors than this help nobody.
    private static let mostErrors = 100

    private var images: [UInt8] = [UInt8(ascii: "[")]
    private var errors: [FieldError] = []
    private var count = 0
    /// Where each place was first named.
    private var places: [Place: String] = [:]

    /// Returns them as the database's functions take them: an array, with nothing in it that they do not know.
    static func read(_ bytes: UnsafeRawBufferPointer) throws(Problem) -> String {
        var body = ImagesBody()
        do throws(JSONError) {
            var json = JSONCursor(bytes)
            if json.peek() == UInt8(ascii: "[") {
                try json.array { (json) throws(JSONError) in try body.add("/\(body.count)", &json) }
            } else {
                try body.add("", &json)
            }
            try json.end()
        } catch {
            throw .badRequest("The body is not JSON: \(error.explanation).")
        }
        return try body.checked()
    }

    private func checked() throws(Problem) -> String {
        if count == 0 { throw .badFields([FieldError("", "has to be an image or an array of images")]) }
        if count > Self.most { throw .badFields([FieldError("", "has more than 10,000 images")]) }
        guard errors.isEmpty else { throw .badFields(Array(errors.prefix(Self.mostErrors))) }
        return String(decoding: images, as: UTF8.self) + "]"
    }

    private mutating func add(_ pointer: String, _ json: inout JSONCursor) throws(JSONError) {
        count += 1
        let isObject = json.peek() == UInt8(ascii: "{")
        guard isObject, count <= Self.most, errors.count < Self.mostErrors else {
            _ = try json.strictValue()
            if !isObject, errors.count < Self.mostErrors { errors.append(FieldError(pointer, "has to be an object")) }
            return
        }
        let image = try ImageFields(&json)
        let found = image.errors
        guard found.isEmpty, let scene = image.scene.value, let url = image.url.value else {
            errors += found.map { FieldError(pointer + $0.pointer, $0.detail) }
            return
        }
        let place = image.place.value ?? .at(0)
        if case .at(let number) = place {
            let key = Place(scene: scene, image: number)
            if let first = places[key] {
                errors.append(FieldError(pointer, "has the place of \(first)"))
            } else {
                places[key] = pointer
            }
        }
        if images.count > 1 { images.append(UInt8(ascii: ",")) }
        images += "{\"scene_index\":\(scene),\"image_index\":\(place.json),".utf8
        if let generation = image.generation.value { images += "\"generation\":\(generation),".utf8 }
        images += "\"image_url\":".utf8
        images += JSONText.literal(url)
        images.append(UInt8(ascii: "}"))
    }
}

/// What is wrong with a value of a body, and where it is (RFC 6901).
struct FieldError: Equatable {
    let pointer: String
    let detail: String

    init(_ pointer: String, _ detail: String) {
        self.pointer = pointer
        self.detail = detail
    }
}

extension JSONError {
    fileprivate var explanation: String {
        switch self {
        case .unexpected(let place): "byte \(place) is not what can stand there"
        case .numberOutOfRange(let place): "the number at byte \(place) is out of range"
        case .invalidText(let place): "the string at byte \(place) is no Unicode text"
        }
    }
}
