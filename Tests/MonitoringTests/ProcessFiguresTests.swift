import Glibc
import Testing

@testable import Monitoring

struct ProcessFiguresTests {
    @Test func `the kernel's figures are those of this process`() {
        let figures = ProcessFigures.now
        let now = Double(time(nil))

        #expect(figures.cpu_seconds > 0)
        #expect(figures.resident_bytes > 1_000_000)
        #expect(figures.virtual_bytes > figures.resident_bytes)
        #expect(figures.threads >= 1)
        #expect(figures.start_seconds > now - 86_400 && figures.start_seconds <= now + 2)
        #expect(figures.mostDescriptors >= figures.openDescriptors)
    }

    @Test func `the time of the processors is what the kernel has for this process`() {
        func used() -> Double {
            var usage = rusage()
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
        }
        let before = used()

        let told = ProcessFigures.now.cpu_seconds

        // It is told in hundredths, which are cut off.
        #expect(told > before - 0.05 && told < used() + 0.05, "\(told) s")
    }

    @Test func `an open descriptor counts`() {
        let before = ProcessFigures.now.openDescriptors
        let more = (0..<50).map { _ in open("/dev/null", O_RDONLY) }
        defer { for descriptor in more { close(descriptor) } }

        // Other tests may open and close some, too.
        #expect(ProcessFigures.now.openDescriptors >= before + 25)
    }
}
