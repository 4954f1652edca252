import Postgres
import RandomNumbers
import Synchronization
import Testing

struct TimersTests {
    @Test(arguments: (0..<20).map { _ in UInt64.random(in: .min ... .max) })
    func `what is due comes in order of time, without what was cancelled`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let delays = (0..<500).shuffled(using: &random)
        let start = ContinuousClock.now
        let ran = Mutex<[Int]>([])
        var expected = Set(delays)
        var timers = Timers()

        for (id, delay) in delays.enumerated() {
            timers.add(UInt64(id), due: start + .milliseconds(delay)) { ran.withLock { $0.append(delay) } }
            if Bool.random(using: &random) {
                let victim = Int.random(in: 0...id, using: &random)
                timers.cancel(UInt64(victim))
                expected.remove(delays[victim])
            }
        }
        for now in stride(from: 0, through: 500, by: 50) {
            for job in timers.removeDue(at: start + .milliseconds(now)) { job() }
            #expect(timers.next().map { $0 > start + .milliseconds(now) } ?? true)
        }

        #expect(ran.withLock { $0 } == expected.sorted())
    }
}
