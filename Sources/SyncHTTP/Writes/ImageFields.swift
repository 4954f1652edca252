import ProjectSync

/// One image of a body: its members as far as we know them.
struct ImageFields {
    /// A member: not there, well, or wrong.
    enum Field<Value> {
        case missing
        case well(Value)
        case wrong

        var value: Value? {
            if case .well(let value) = self { value } else { nil }
        }
    }

    enum PlaceInScene {
        case at(Int32)
        case next

        var json: String {
            switch self {
            case .at(let place): "\(place)"
            case .next: "\"next\""
            }
        }
    }

    private(set) var scene = Field<Int32>.missing
    private(set) var place = Field<PlaceInScene>.missing
    private(set) var url = Field<String>.missing
    private(set) var generation = Field<Int64>.missing

    /// The cursor is at an object.
    init(_ json: inout JSONCursor) throws(JSONError) {
        var fields = ImageFields()
        try json.object { (key, json) throws(JSONError) in
            switch try json.text(of: key) {
            case "scene_index": fields.scene = try Self.integer(&json)
            case "image_index": fields.place = try Self.place(&json)
            case "image_url": fields.url = try Self.text(&json)
            case "generation": fields.generation = try Self.generation(&json)
            default: _ = try json.strictValue()
            }
        }
        self = fields
    }

    private init() {}

    var errors: [FieldError] {
        var errors: [FieldError] = []
        switch scene {
        case .missing: errors.append(FieldError("/scene_index", "is missing"))
        case .wrong: errors.append(FieldError("/scene_index", "has to be an integer of 32 bits"))
        case .well: break
        }
        if case .wrong = place {
            errors.append(FieldError("/image_index", "has to be an integer of 32 bits, or \"next\""))
        }
        switch url {
        case .missing: errors.append(FieldError("/image_url", "is missing"))
        case .wrong: errors.append(FieldError("/image_url", "has to be a string that is not empty, without U+0000"))
        case .well: break
        }
        if case .wrong = generation {
            errors.append(FieldError("/generation", "has to be an integer that is not negative"))
        }
        return errors
    }

    private static func integer<Number: FixedWidthInteger>(_ json: inout JSONCursor) throws(JSONError) -> Field<Number>
    {
        let range = try json.strictValue()
        let text = String(decoding: json.bytes(in: range), as: UTF8.self)
        if text == "null" { return .missing }
        // JSON's grammar has been checked: what Swift reads beyond it, as +1, does not come here.
        return Number(text).map { .well($0) } ?? .wrong
    }

    private static func generation(_ json: inout JSONCursor) throws(JSONError) -> Field<Int64> {
        let number: Field<Int64> = try integer(&json)
        if let value = number.value, value < 0 { return .wrong }
        return number
    }

    private static func place(_ json: inout JSONCursor) throws(JSONError) -> Field<PlaceInScene> {
        if json.peek() == UInt8(ascii: "\"") {
            return try text(&json).value == "next" ? .well(.next) : .wrong
        }
        return switch try integer(&json) as Field<Int32> {
        case .missing: .missing
        case .well(let place): .well(.at(place))
        case .wrong: .wrong
        }
    }

    private static func text(_ json: inout JSONCursor) throws(JSONError) -> Field<String> {
        guard json.peek() == UInt8(ascii: "\"") else {
            let range = try json.strictValue()
            return json.bytes(in: range).elementsEqual("null".utf8) ? .missing : .wrong
        }
        let token = try json.string()
        // Half of a surrogate pair is a fault of this field, not of the whole body.
        guard let text = try? json.text(of: token), !text.isEmpty, !text.utf8.contains(0) else { return .wrong }
        return .well(text)
    }
}
