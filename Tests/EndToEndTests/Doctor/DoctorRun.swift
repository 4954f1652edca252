import Testing

/// A run of `doctor --json`, read.
struct DoctorRun {
    struct Finding: Equatable {
        let check: String
        let mark: String
        let text: String
        let cure: String
    }

    let status: Int32
    let findings: [Finding]
    let errors: String

    static func make(_ connectionString: String, _ flags: [String] = []) async throws -> DoctorRun {
        let command = try await Command.run(
            ["doctor", "--json"] + flags, environment: ["DATABASE_URL": connectionString])
        let report = try? JSONReader.read(command.output)
        let findings = (report?["findings"]?.elements ?? []).map { node in
            Finding(
                check: node["check"]?.plainString ?? "", mark: node["mark"]?.plainString ?? "",
                text: node["text"]?.looseString ?? "", cure: node["cure"]?.looseString ?? "")
        }
        return DoctorRun(status: command.status, findings: findings, errors: command.errors)
    }

    func of(_ check: String) -> [Finding] {
        findings.filter { $0.check == check }
    }

    /// What is not as it should be, as `mark check`.
    var complaints: [String] {
        findings.filter { $0.mark != "ok" }.map { "\($0.mark) \($0.check)" }
    }
}

extension JSONNode {
    /// A string whose only escapes are quotes.
    fileprivate var looseString: String? {
        guard case .string(let literal) = self else { return nil }
        return String(literal.dropFirst().dropLast()).replacing("\\\"", with: "\"")
    }
}
