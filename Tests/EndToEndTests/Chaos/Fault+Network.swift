/// What befalls the way between the daemon and its database: nothing is closed, and nothing comes.
extension Fault {
    private static let directions: [(name: String, ways: Set<ProxyLink.Direction>)] = [
        ("both ways", [.toServer, .toClient]), ("towards the daemon", [.toClient]), ("towards the server", [.toServer]),
    ]

    /// All connections, new ones too, in each direction.
    static func blackHoles(_ settings: ChaosSettings) -> [Fault] {
        directions.map { direction in
            Fault(
                name: "black hole, \(direction.name)", span: settings.lasting(.seconds(4), .seconds(8)),
                isNoticed: true,
                begin: { $0.proxy.silence(direction.ways) }, heal: { $0.proxy.heal() })
        }
    }

    /// The connections of one kind, in each direction.
    static func silences(_ settings: ChaosSettings) -> [Fault] {
        roles.flatMap { role in
            directions.map { direction in
                Fault(
                    name: "\(role.name) silent, \(direction.name)", span: settings.lasting(.seconds(4), .seconds(6)),
                    // A gate delivers nothing, and its locks are held whether it answers or not.
                    isNoticed: role.name != "gate",
                    begin: { stage in
                        let ports = Set(try await stage.found(role.queries).map(\.port))
                        stage.proxy.silence(direction.ways, of: ports)
                    }, heal: { $0.proxy.heal() })
            }
        }
    }

    /// One end is gone, and the other believes in the connection.
    static func halfOpen(_ settings: ChaosSettings) -> [Fault] {
        let sides: [(name: String, side: Proxy.Side)] = [("the server's end", .server), ("the daemon's end", .client)]
        return (roles + [("every session", "")]).flatMap { role in
            sides.map { side in
                Fault(
                    name: "\(role.name) half-open, \(side.name) gone", span: settings.lasting(.seconds(4), .seconds(6)),
                    isNoticed: true,
                    begin: { stage in
                        let ports = Set(try await stage.found(role.queries).map(\.port))
                        stage.proxy.lose(side.side, of: ports)
                    }, heal: { $0.proxy.heal() })
            }
        }
    }
}
