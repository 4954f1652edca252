/// In whose name the database is asked, as Supabase has it: a role, and the claims of the token that names it.
package struct Caller: Hashable, Sendable {
    package let role: String
    /// A JSON object, as it was signed.
    package let claims: String

    package init(role: String, claims: String) {
        self.role = role
        self.claims = claims
    }
}
