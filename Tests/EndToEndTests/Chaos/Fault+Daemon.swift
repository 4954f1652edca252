import Glibc

/// What befalls the daemon's process and its sense of time.
extension Fault {
    static func frozen(_ settings: ChaosSettings) -> Fault {
        let span = settings.lasting(.seconds(4), .seconds(60))
        return Fault(
            name: "SIGSTOP of the daemon", span: span, isNoticed: true,
            begin: { stage in
                stage.world.excuseSilence(for: span + .seconds(10))
                stage.daemon.signal(SIGSTOP)
            }, heal: { $0.daemon.signal(SIGCONT) })
    }

    /// The clock of the wall: nothing that the daemon promises may depend on it.
    static func clockSteps(_ settings: ChaosSettings) -> [Fault] {
        [("an hour ahead", 3_600), ("an hour back", -3_600)].map { name, seconds in
            Fault(
                name: "clock steps \(name)", span: settings.lasting(.seconds(2), .seconds(5)),
                begin: { $0.preload?.stepClock(ahead_seconds: seconds) },
                heal: { $0.preload?.stepClock(ahead_seconds: 0) }, obstacle: noPreload)
        }
    }
}
