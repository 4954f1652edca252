import Glibc

/// What befalls the daemon's process and its sense of time.
extension Fault {
    static func frozen(_ settings: ChaosSettings) -> Fault {
        let span = settings.lasting(.seconds(4), .seconds(60))
        let noticing = Duration.seconds(3) * settings.patience
        return Fault(
            name: "SIGSTOP of the daemon", span: span,
            begin: { stage in
                stage.world.excuseSilence(for: span + noticing)
                stage.daemon.signal(SIGSTOP)
            },
            heal: { stage in
                let told = stage.daemon.losses
                // Until now it could not say anything.
                stage.noteStrike()
                stage.daemon.signal(SIGCONT)
                // After a minute the server has given its sessions up; after seconds all that was said is still to be
                // read. It may be live again before anybody has asked, so the log is.
                let deadline = ContinuousClock.now + noticing
                while settings.isLong, stage.daemon.losses == told {
                    guard .now < deadline else { throw ChaosError.notSo("a minute without a word was noticed") }
                    try await Task.sleep(for: .milliseconds(10))
                }
            })
    }

    /// The clock of the wall: nothing that the daemon promises may depend on it.
    static func clockSteps(_ settings: ChaosSettings) -> [Fault] {
        [("an hour ahead", Int64(3_600)), ("an hour back", -3_600)].map { name, seconds in
            Fault(
                name: "clock steps \(name)", span: settings.lasting(.seconds(2), .seconds(5)),
                begin: { $0.preload?.stepClock(ahead_seconds: seconds) },
                heal: { stage in
                    try await stage.expectClock(ahead_seconds: seconds)
                    stage.preload?.stepClock(ahead_seconds: 0)
                }, obstacle: noPreload)
        }
    }
}

extension DaemonProcess {
    /// How often it has lost the database, by its own word.
    fileprivate var losses: Int { log.count { $0.contains("stale: ") } }
}
