import Glibc

/// A network of its own, with one cable to this machine's.
struct Namespace: Sendable {
    static let isAllowed = geteuid() == 0 && system("ip netns add ss-try 2>/dev/null && ip netns del ss-try") == 0

    let name = "ss-\(getpid())"
    /// This machine, as seen from there.
    let address = "10.213.77.1"

    /// Commands of `ip` that lay the cable.
    func begin() async throws {
        try await run(
            """
            ip netns add \(name) && ip link add \(name)a type veth peer name \(name)b netns \(name)
            ip addr add \(address)/30 dev \(name)a && ip link set \(name)a up
            ip -n \(name) addr add 10.213.77.2/30 dev \(name)b && ip -n \(name) link set \(name)b up
            ip -n \(name) link set lo up
            """)
    }

    /// The cable is pulled out, or plugged in again.
    func set(isUp: Bool) async throws {
        try await run("ip link set \(name)a \(isUp ? "up" : "down")")
    }

    /// A command line that runs in there.
    func inside(_ command: [String]) -> [String] {
        ["/usr/bin/env", "ip", "netns", "exec", name] + command
    }

    func end() async {
        _ = try? await Program.sh("ip netns del \(name); ip link del \(name)a")
    }

    private func run(_ script: String) async throws {
        let run = try await Program.sh("set -e; \(script)")
        guard run.status == 0 else { throw ChaosError.scriptFailed(run.text) }
    }
}
