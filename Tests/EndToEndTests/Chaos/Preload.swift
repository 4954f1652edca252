import Glibc

/// A library that the daemon loads before libc: it steps the clock and lets names be unknown, as a page in a file says.
final class Preload: Sendable {
    private static let source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <fcntl.h>
        #include <netdb.h>
        #include <stdlib.h>
        #include <sys/mman.h>
        #include <sys/time.h>
        #include <time.h>

        struct page { volatile long long ahead_seconds, names_fail; };
        static struct page none;
        static struct page *page = &none;

        __attribute__((constructor)) static void open_page(void) {
            const char *path = getenv("CHAOS_PAGE");
            int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
            void *mapped = file < 0 ? MAP_FAILED : mmap(0, sizeof *page, PROT_READ, MAP_SHARED, file, 0);
            if (mapped != MAP_FAILED) page = mapped;
        }

        int clock_gettime(clockid_t clock, struct timespec *time) {
            static int (*real)(clockid_t, struct timespec *);
            if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
            int status = real(clock, time);
            if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) time->tv_sec += page->ahead_seconds;
            return status;
        }

        int gettimeofday(struct timeval *time, void *zone) {
            struct timespec now;
            (void)zone;
            int status = clock_gettime(CLOCK_REALTIME, &now);
            time->tv_sec = now.tv_sec;
            time->tv_usec = now.tv_nsec / 1000;
            return status;
        }

        time_t time(time_t *seconds) {
            struct timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            if (seconds) *seconds = now.tv_sec;
            return now.tv_sec;
        }

        int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
            static int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
            if (!real)
                real = (int (*)(const char *, const char *, const struct addrinfo *, struct addrinfo **))
                    dlsym(RTLD_NEXT, "getaddrinfo");
            return page->names_fail && name ? EAI_AGAIN : real(name, service, hints, found);
        }
        """

    let environment: [String: String]
    private let folder: TemporaryFolder
    private let page: Descriptor

    private init(_ folder: TemporaryFolder, _ library: String, _ path: String, _ page: Descriptor) {
        self.folder = folder
        self.page = page
        environment = ["LD_PRELOAD": library, "CHAOS_PAGE": path]
    }

    /// Nil where there is no compiler for C.
    static func build() async throws -> Preload? {
        let folder = try TemporaryFolder()
        let source = try folder.write(source, to: "preload.c")
        let library = "\(folder.path)/preload.so"
        let built = try await Program.sh(
            "$(command -v cc || command -v clang) -shared -fPIC -O1 -o '\(library)' '\(source)' -ldl")
        guard built.status == 0 else { return nil }
        let path = "\(folder.path)/page"
        let page = Descriptor(open(path, O_RDWR | O_CREAT, 0o600))
        let preload = Preload(folder, library, path, page)
        preload.write(0, at: 0)
        preload.write(0, at: 1)
        return preload
    }

    /// The daemon's clock is ahead by so much, or behind.
    func stepClock(ahead_seconds: Int64) {
        write(ahead_seconds, at: 0)
    }

    func failNames(_ fails: Bool) {
        write(fails ? 1 : 0, at: 1)
    }

    private func write(_ value: Int64, at place: Int) {
        var value = value
        pwrite(page.number, &value, MemoryLayout<Int64>.size, place * MemoryLayout<Int64>.size)
    }
}
