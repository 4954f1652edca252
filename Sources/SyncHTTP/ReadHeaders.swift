import HTTPTypes
import ProjectSync

/// The headers that tell a reader what its answer is worth, and whether it needs one at all.
enum ReadHeaders {
    /// From this many seconds on an answer counts as stale (contract 3).
    static let staleAge_seconds: Int64 = 3

    static func fields(for answer: Answer, isCompressed: Bool, now: ContinuousClock.Instant) -> HTTPFields {
        let age = age(of: answer, now: now)
        var status =
            switch answer.source {
            case .hit: "scenesync; hit"
            case .miss: "scenesync; fwd=miss"
            case .request: "scenesync; fwd=request"
            case .bypass: "scenesync; fwd=bypass"
            }
        if answer.isUnsafe {
            status += "; detail=unsafe"
        } else if answer.isStale || (age ?? 0) >= staleAge_seconds {
            status += "; detail=stale"
        }
        var fields: HTTPFields = [
            .contentType: "application/json",
            .eTag: isCompressed ? "\"\(answer.body.revision)-gzip\"" : answer.body.entityTag,
            .vary: "Accept-Encoding",
            .cacheControl: "private, no-cache", .cacheStatus: status,
        ]
        if isCompressed { fields[.contentEncoding] = "gzip" }
        if let age { fields[.age] = String(age) }
        return fields
    }

    /// How many seconds ago the answer was last known to be the database's state (RFC 9111, section 5.1).
    static func age(of answer: Answer, now: ContinuousClock.Instant) -> Int64? {
        answer.provenAt.map { provenAt in
            let elapsed = now - provenAt
            // As a rule. To divide is dear.
            return elapsed < .seconds(1) ? 0 : elapsed.components.seconds
        }
    }

    /// Whether `If-None-Match` names this revision, in either of its forms, weak or strong (RFC 9110, 13.1.2).
    static func matches(_ fields: HTTPFields, _ revision: Revision) -> Bool {
        guard fields.contains(.ifNoneMatch) else { return false }
        let tags = fields[values: .ifNoneMatch].flatMap { $0.split(separator: ",") }
        return tags.contains { tag in
            var tag = tag.trimmingSpaces()
            if tag == "*" { return true }
            if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
            return tag == "\"\(revision)\"" || tag == "\"\(revision)-gzip\""
        }
    }

    /// Whether the client takes gzip (RFC 9110, 12.5.3).
    static func acceptsGzip(_ fields: HTTPFields) -> Bool {
        guard fields.contains(.acceptEncoding) else { return false }
        var weights: [Substring: Double] = [:]
        for coding in fields[values: .acceptEncoding].flatMap({ $0.split(separator: ",") }) {
            let parts = coding.split(separator: ";").map { $0.trimmingSpaces() }
            guard let name = parts.first?.lowercased() else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") || $0.hasPrefix("Q=") }?.dropFirst(2)
            weights[name[...]] = weight.map { Double($0) ?? 0 } ?? 1
        }
        return (weights["gzip"] ?? weights["x-gzip"] ?? weights["*"] ?? 0) > 0
    }

    /// Whether the client wants an answer from the database itself (RFC 9111, 5.2.1.4).
    static func asksForFresh(_ fields: HTTPFields) -> Bool {
        guard fields.contains(.cacheControl) else { return false }
        return fields[values: .cacheControl].flatMap { $0.split(separator: ",") }.contains {
            $0.trimmingSpaces().lowercased() == "no-cache"
        }
    }
}

extension HTTPField.Name {
    /// RFC 9211.
    static let cacheStatus = HTTPField.Name("Cache-Status") ?? .cacheControl
    static let accelBuffering = HTTPField.Name("X-Accel-Buffering") ?? .cacheControl
    static let forwardedFor = HTTPField.Name("X-Forwarded-For") ?? .cacheControl
    static let lastEventID = HTTPField.Name("Last-Event-ID") ?? .cacheControl
}

extension Substring {
    fileprivate func trimmingSpaces() -> Substring {
        var text = self
        while let first = text.first, first == " " || first == "\t" { text = text.dropFirst() }
        while let last = text.last, last == " " || last == "\t" { text = text.dropLast() }
        return text
    }
}
