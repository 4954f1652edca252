import ProjectSync

/// What a token lets its bearer do: the claim `scenesync`, and the role that Supabase gives its servers.
struct Grants: Equatable, Sendable {
    /// Projects by name, or all.
    enum Scope: Equatable, Sendable {
        case all
        case some(Set<ProjectID>)

        func contains(_ project: ProjectID) -> Bool {
            switch self {
            case .all: true
            case .some(let projects): projects.contains(project)
            }
        }
    }

    static let everything = Grants(read: .all, write: .all, isAdmin: true)
    static let nothing = Grants(read: .some([]), write: .some([]), isAdmin: false)

    let read: Scope
    let write: Scope
    let isAdmin: Bool

    private init(read: Scope, write: Scope, isAdmin: Bool) {
        self.read = read
        self.write = write
        self.isAdmin = isAdmin
    }

    init(_ claims: JSONMembers) throws(TokenError) {
        if claims.string("role") == "service_role" {
            self = .everything
            return
        }
        guard claims.has("scenesync") else {
            self = .nothing
            return
        }
        guard let claim = claims.object("scenesync") else {
            throw .claims("Its claim scenesync has to be an object.")
        }
        read = try Self.scope(claim, "read")
        write = try Self.scope(claim, "write")
        if claim.has("admin"), claim.bool("admin") == nil {
            throw .claims("In its claim scenesync, admin has to be true or false.")
        }
        isAdmin = claim.bool("admin") ?? false
    }

    func mayRead(_ project: ProjectID) -> Bool { read.contains(project) || write.contains(project) }

    func mayWrite(_ project: ProjectID) -> Bool { write.contains(project) }

    private static func scope(_ claim: JSONMembers, _ name: String) throws(TokenError) -> Scope {
        guard claim.has(name) else { return .some([]) }
        guard let texts = claim.strings(name) else {
            throw .claims("In its claim scenesync, \(name) has to be a list of project ids, or of \"*\".")
        }
        if texts.contains("*") { return .all }
        var projects: Set<ProjectID> = []
        for text in texts {
            guard let project = ProjectID(text) else {
                throw .claims("In its claim scenesync, \(name) has to be a list of project ids, or of \"*\".")
            }
            projects.insert(project)
        }
        return .some(projects)
    }
}
