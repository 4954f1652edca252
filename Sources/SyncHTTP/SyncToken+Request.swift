import HTTPTypes
import ProjectSync

extension SyncToken {
    /// The one that a request bears, in its header or its query.
    static func borne(_ headers: HTTPFields, _ query: Substring) throws(Problem) -> SyncToken? {
        try borne(headers) { query.isEmpty ? nil : Query(query) }
    }

    static func borne(_ headers: HTTPFields, _ query: Query) throws(Problem) -> SyncToken? {
        try borne(headers) { query }
    }

    private static func borne(_ headers: HTTPFields, _ query: () -> Query?) throws(Problem) -> SyncToken? {
        let header = headers.contains(.syncToken) ? headers[.syncToken] : nil
        guard let text = header ?? query()?["sync_token"], !text.isEmpty else { return nil }
        guard let token = SyncToken(text) else {
            throw .badRequest("The Sync-Token is none that a write has answered.")
        }
        return token
    }
}
