import FoundationEssentials

/// Finds a setting's value: the flag, then the environment, then the configuration file.
struct Settings {
    private let environment: [String: String]
    private let file: ConfigurationFile

    init(configurationFile path: String?) throws(ConfigurationError) {
        environment = ProcessInfo.processInfo.environment
        file = try (path ?? environment["SCENESYNC_CONFIG"]).map(ConfigurationFile.read) ?? .none
    }

    func string(_ name: String, _ flag: String?) -> String? {
        flag ?? environment[variable(name)] ?? file.strings(name)?.first
    }

    /// A setting that may be given several times; in the environment with commas between.
    func strings(_ name: String, _ flags: [String]) -> [String] {
        guard flags.isEmpty else { return flags }
        let texts = environment[variable(name)].map { $0.split(separator: ",").map(String.init) }
        return (texts ?? file.strings(name) ?? []).map { $0.trimming(" ") }
    }

    /// The same of what has a text form; what cannot be read is refused.
    func list<Value>(
        _ name: String, _ flags: [Value], _ read: (String) -> Value?
    ) throws(ConfigurationError) -> [Value] {
        if !flags.isEmpty { return flags }
        var values: [Value] = []
        for text in strings(name, []) {
            guard let value = read(text) else {
                throw ConfigurationError("\(place(of: name)) cannot have \"\(text)\"")
            }
            values.append(value)
        }
        return values
    }

    /// A value with a text form; what cannot be read is refused, with the place it came from.
    func value<Value>(
        _ name: String, _ flag: Value?, default standard: @autoclosure () -> Value, _ form: String? = nil,
        _ read: (String) -> Value?
    ) throws(ConfigurationError) -> Value {
        if let flag { return flag }
        guard let text = string(name, nil) else { return standard() }
        guard let value = read(text) else {
            throw ConfigurationError("\(place(of: name)) cannot be \"\(text)\"" + (form.map { ": \($0)" } ?? ""))
        }
        return value
    }

    /// The same of a number, which is in this range wherever it was said.
    func number<Number: LosslessStringConvertible & Comparable>(
        _ name: String, _ flag: Number?, default standard: @autoclosure () -> Number, _ range: ClosedRange<Number>
    ) throws(ConfigurationError) -> Number {
        let bounds = "from \(range.lowerBound) to \(range.upperBound)"
        if let flag, !range.contains(flag) {
            throw ConfigurationError("--\(name) is \(bounds), not \(flag)", isOfFlag: true)
        }
        return try value(name, flag, default: standard(), "it is \(bounds)") {
            Number($0).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    func isOn(_ name: String, _ flag: Bool) throws(ConfigurationError) -> Bool {
        try value(name, flag ? true : nil, default: false) {
            ["true": true, "1": true, "false": false, "0": false][$0]
        }
    }

    /// libpq's connection string; empty for libpq's own environment.
    func databaseURL(_ flag: String?) -> String {
        string("database-url", flag) ?? environment["DATABASE_URL"] ?? ""
    }

    private func place(of name: String) -> String {
        environment[variable(name)] == nil ? "\(name) in the configuration file" : variable(name)
    }

    private func variable(_ name: String) -> String {
        assert(Self.names.contains(name), "\(name) is in no list of settings")
        return "SCENESYNC_" + name.uppercased().replacing("-", with: "_")
    }
}

extension String {
    fileprivate func trimming(_ character: Character) -> String {
        var text = self[...]
        while text.first == character { text = text.dropFirst() }
        while text.last == character { text = text.dropLast() }
        return String(text)
    }
}
