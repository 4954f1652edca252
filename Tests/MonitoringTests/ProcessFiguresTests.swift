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

    @Test func `what is mapped is virtual memory, and what is touched of it resident`() throws {
        let mapped = 64 << 30
        let touched = 128 << 20
        let before = ProcessFigures.now

        let memory = try #require(
            mmap(nil, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))
        try #require(memory != MAP_FAILED)
        defer { munmap(memory, mapped) }
        memset(memory, 1, touched)
        let after = ProcessFigures.now

        // Other tests may need some more, and give some back.
        #expect(abs(after.virtual_bytes - before.virtual_bytes - Double(mapped)) < Double(mapped) / 4)
        #expect(abs(after.resident_bytes - before.resident_bytes - Double(touched)) < Double(touched) / 2)
    }

    @Test func `a thread counts until it has ended`() throws {
        var ends: [CInt] = [0, 0]
        try #require(pipe(&ends) == 0)
        let before = ProcessFigures.now.threads

        let threads = (0..<50).map { _ in
            var thread = pthread_t()
            // It waits until the pipe's other end is closed.
            let wait: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { end in
                var byte: UInt8 = 0
                read(CInt(Int(bitPattern: end)), &byte, 1)
                return nil
            }
            pthread_create(&thread, nil, wait, UnsafeMutableRawPointer(bitPattern: Int(ends[0])))
            return thread
        }
        let during = ProcessFigures.now.threads
        close(ends[1])
        for thread in threads { pthread_join(thread, nil) }
        let after = ProcessFigures.now.threads
        close(ends[0])

        // Other tests may begin and end some, too.
        #expect(abs(during - before - 50) < 25 && abs(after - before) < 25, "\(before), \(during), \(after)")
    }
}
