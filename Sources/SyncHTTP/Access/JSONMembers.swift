import ProjectSync

/// The members of a JSON object by their names, each as the text of its value.
///
/// No name may come twice: of two readers one would take the first, and the other the last.
struct JSONMembers {
    private var texts: [String: [UInt8]] = [:]

    /// nil if it is no object.
    init?(_ bytes: [UInt8]) {
        guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
        let texts = bytes.withUnsafeBytes { bytes in
            do throws(JSONError) { return try Self.read(bytes) } catch { return nil }
        }
        guard let texts else { return nil }
        self.texts = texts
    }

    private static func read(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> [String: [UInt8]]? {
        var texts: [String: [UInt8]] = [:]
        var comesTwice = false
        var json = JSONCursor(bytes)
        try json.object { (key, json) throws(JSONError) in
            let name = try json.text(of: key)
            let value = try json.strictValue()
            if texts.updateValue(Array(json.bytes(in: value)), forKey: name) != nil { comesTwice = true }
        }
        try json.end()
        return comesTwice ? nil : texts
    }

    /// A member as it is written; nil if it is not there.
    subscript(name: String) -> [UInt8]? { texts[name] }

    func has(_ name: String) -> Bool { texts[name] != nil }

    func isNull(_ name: String) -> Bool { texts[name] == Array("null".utf8) }

    /// nil for anything but a string; so for each of the others.
    func string(_ name: String) -> String? { texts[name].flatMap(Self.string) }

    func object(_ name: String) -> JSONMembers? { texts[name].flatMap { JSONMembers($0) } }

    func bool(_ name: String) -> Bool? {
        texts[name].flatMap { ["true": true, "false": false][String(decoding: $0, as: UTF8.self)] }
    }

    func number(_ name: String) -> Double? {
        guard let text = texts[name], let first = text.first,
            first == UInt8(ascii: "-") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= first,
            let number = Double(String(decoding: text, as: UTF8.self)), number.isFinite
        else { return nil }
        return number
    }

    func strings(_ name: String) -> [String]? {
        guard let elements = elements(name) else { return nil }
        let strings = elements.compactMap(Self.string)
        return strings.count == elements.count ? strings : nil
    }

    /// The elements of an array, each as it is written.
    func elements(_ name: String) -> [[UInt8]]? {
        texts[name]?.withUnsafeBytes { bytes in
            var json = JSONCursor(bytes)
            var elements: [[UInt8]] = []
            do throws(JSONError) {
                try json.array { (json) throws(JSONError) in
                    let element = try json.strictValue()
                    elements.append(Array(json.bytes(in: element)))
                }
            } catch {
                return nil
            }
            return elements
        }
    }

    private static func string(_ bytes: [UInt8]) -> String? {
        bytes.withUnsafeBytes { bytes in
            var json = JSONCursor(bytes)
            do throws(JSONError) {
                let token = try json.string()
                return try json.text(of: token)
            } catch {
                return nil
            }
        }
    }
}
