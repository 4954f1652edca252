import ProjectSync

/// Reads what changes and signs of daemons are written as. What is not exactly as our triggers write it is refused.
package enum ChangeDecoder {
    static let version: Int64 = 1

    package static func decode(_ payload: [UInt8]) throws(JSONError) -> FeedMessage {
        var failure: JSONError?
        let message = payload.withUnsafeBytes { bytes -> FeedMessage? in
            do throws(JSONError) {
                var json = JSONCursor(bytes)
                return try decode(&json)
            } catch {
                failure = error
                return nil
            }
        }
        guard let message else { throw failure ?? .unexpected(at: 0) }
        return message
    }

    private static func decode(_ json: inout JSONCursor) throws(JSONError) -> FeedMessage {
        var fields = Fields()
        try json.object { (key, json) throws(JSONError) in try fields.read(key, &json) }
        try json.end()
        guard fields.version == version else { throw .unexpected(at: 0) }
        if let daemon = fields.daemon {
            return .sign(
                DaemonSign(daemon: daemon, pid: fields.pid, turn: fields.turn, mode: fields.mode, fence: fields.fence))
        }
        guard let operation = fields.operation, let xid = fields.xid, let n = fields.n, let effect = fields.effect,
            (fields.project == nil) == operation.concernsEveryProject
        else { throw .unexpected(at: 0) }
        return .change(
            Change(
                operation: operation, project: fields.project, xid: xid, n: n,
                statementTime_microseconds: fields.at, transactionTime_microseconds: fields.began,
                backendPID: fields.pid,
                rows: fields.rows, effect: effect))
    }

    /// The members of a payload, as far as they have been read.
    private struct Fields {
        var version: Int64?
        var operation: Change.Operation?
        var project: ProjectID?
        var xid: UInt64?
        var n: Int64?
        var at: Int64 = 0
        var began: Int64 = 0
        var pid: Int32 = 0
        var rows = 0
        var daemon: UInt64?
        var fence: UInt64?
        var turn: UInt64 = 0
        var mode: DoorbellReport.Mode?
        private var set: [Image]?
        private var gone: [Place] = []
        private var lost: [Int32: Int64] = [:]
        private var scenes: [Int32]?
        private var reload = false

        var effect: Change.Effect? {
            if reload { return .reload }
            if let scenes { return .rereadScenes(scenes) }
            return set.map { .images(set: $0, gone: gone, lost: lost) }
        }

        mutating func read(_ key: JSONCursor.StringToken, _ json: inout JSONCursor) throws(JSONError) {
            if json.matches(key, "v") {
                version = try json.integer()
            } else if json.matches(key, "op") {
                operation = Change.Operation(rawValue: try json.text(of: try json.string()))
            } else if json.matches(key, "project") {
                try readProject(&json)
            } else if json.matches(key, "xid") {
                xid = UInt64(try json.text(of: try json.string()))
            } else if json.matches(key, "n") {
                n = try json.integer()
            } else if json.matches(key, "at") {
                at = try json.integer()
            } else if json.matches(key, "began") {
                began = try json.integer()
            } else if json.matches(key, "pid") {
                pid = try json.integer()
            } else if json.matches(key, "rows") {
                // 32 bits, so that no number of forged payloads can overflow a count.
                rows = Int(try json.integer() as Int32)
            } else if json.matches(key, "daemon") {
                daemon = try json.integer()
            } else if json.matches(key, "fence") {
                fence = try json.integer()
            } else if json.matches(key, "turn") {
                turn = try json.integer()
            } else if json.matches(key, "mode") {
                mode = DoorbellReport.Mode(rawValue: try json.text(of: try json.string()))
            } else {
                try readBody(key, &json)
            }
        }

        private mutating func readProject(_ json: inout JSONCursor) throws(JSONError) {
            guard json.peek() == UInt8(ascii: "\"") else {
                _ = try json.value()
                return
            }
            let token = try json.string()
            guard let id = ProjectID(ascii: json.bytes(of: token)) else {
                throw .invalidText(at: token.range.lowerBound)
            }
            project = id
        }

        private mutating func readBody(_ key: JSONCursor.StringToken, _ json: inout JSONCursor) throws(JSONError) {
            if json.matches(key, "set") {
                set = try ImageList.images(&json)
            } else if json.matches(key, "gone") {
                gone = try ImageList.places(&json)
            } else if json.matches(key, "lost") {
                lost = try ImageList.generations(&json)
            } else if json.matches(key, "scenes") {
                scenes = try ImageList.integers(&json)
            } else if json.matches(key, "reload") {
                reload = json.bytes(in: try json.value()).elementsEqual("true".utf8)
            } else {
                _ = try json.value()
            }
        }
    }
}

extension Change.Operation {
    fileprivate var concernsEveryProject: Bool {
        self == .truncate || self == .projectTruncate
    }
}
