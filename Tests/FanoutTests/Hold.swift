import Glibc
import Synchronization

/// Keeps the reactor that comes upon it until the test lets go: what is done meanwhile comes in one turn.
final class Hold: Sendable {
    private let ends: (read: CInt, write: CInt)
    private let isTaken = Atomic<Bool>(false)

    init() {
        var pair: [CInt] = [0, 0]
        precondition(pipe(&pair) == 0, "no pipe")
        ends = (pair[0], pair[1])
    }

    deinit {
        close(ends.read)
        close(ends.write)
    }

    /// The reactor's.
    func wait() {
        isTaken.store(true, ordering: .releasing)
        var byte: UInt8 = 0
        _ = read(ends.read, &byte, 1)
    }

    /// Returns once a reactor waits.
    func taken() async {
        while !isTaken.load(ordering: .acquiring) { await Task.yield() }
    }

    func letGo() {
        var byte: UInt8 = 0
        _ = write(ends.write, &byte, 1)
    }
}
