import FoundationEssentials

/// The settings in a JSON file: one object, keys as the flags without their dashes.
struct ConfigurationFile {
    private let values: [String: Value]

    static let none = ConfigurationFile(values: [:])

    static func read(_ path: String) throws(ConfigurationError) -> ConfigurationFile {
        let values: [String: Value]
        do {
            let data = try Data(contentsOf: URL(filePath: path))
            values = try JSONDecoder().decode([String: Value].self, from: data)
        } catch {
            throw ConfigurationError(
                "cannot read the configuration file \(path): it has to be one JSON object of settings")
        }
        if let unknown = values.keys.filter({ !Settings.names.contains($0) }).min() {
            throw ConfigurationError("the configuration file \(path) has \"\(unknown)\", which is no setting")
        }
        return ConfigurationFile(values: values)
    }

    func strings(_ key: String) -> [String]? {
        values[key]?.strings
    }

    /// A setting's value; a list is a flag given several times.
    private enum Value: Decodable {
        case one(String)
        case several([String])

        var strings: [String] {
            switch self {
            case .one(let text): [text]
            case .several(let texts): texts
            }
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .one(text)
            } else if let flag = try? container.decode(Bool.self) {
                self = .one(flag ? "true" : "false")
            } else if let number = try? container.decode(Int.self) {
                self = .one(String(number))
            } else if let number = try? container.decode(Double.self) {
                self = .one(String(number))
            } else {
                self = .several(try container.decode([String].self))
            }
        }
    }
}
