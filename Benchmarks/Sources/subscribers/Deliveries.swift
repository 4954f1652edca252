import Glibc

/// The images that have arrived, each counted once, and how long they were on their way.
///
/// A URL holds `ts=MICROSECONDS&n=NUMBER`: when it was written, and a number that no other has.
struct Deliveries {
    private var events = 0
    private var seen: [UInt64] = []
    private var latencies = Latencies()
    /// Of those written a second or more after the first: by then the daemon has chosen its way.
    private var settled = Latencies()
    private var first_us: Int?
    private var now_us = 0

    /// Something has come in; what is counted until the next call came now.
    mutating func arrive() {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        now_us = now.tv_sec * 1_000_000 + now.tv_nsec / 1_000
    }

    /// These came in a `scene` event.
    mutating func count(_ urls: UnsafeRawBufferPointer) {
        events += 1
        each(urls) { deliveries, written_us in deliveries.take(written_us) }
    }

    /// These came in a `snapshot` and were not sent when they were written.
    mutating func skip(_ urls: UnsafeRawBufferPointer) {
        each(urls) { _, _ in }
    }

    var json: String {
        "\"events\": \(events), \"delivered\": \(latencies.count), "
            + "\"p50_ms\": \(latencies.quantile_ms(0.5)), \"p90_ms\": \(latencies.quantile_ms(0.9)), "
            + "\"p99_ms\": \(latencies.quantile_ms(0.99)), \"max_ms\": \(latencies.quantile_ms(1)), "
            + "\"settled_p50_ms\": \(settled.quantile_ms(0.5)), \"settled_p99_ms\": \(settled.quantile_ms(0.99))"
    }

    private mutating func take(_ written_us: Int) {
        latencies.add(now_us - written_us)
        let first = first_us ?? written_us
        first_us = min(first, written_us)
        if written_us - first >= 1_000_000 { settled.add(now_us - written_us) }
    }

    private mutating func each(_ urls: UnsafeRawBufferPointer, _ take: (inout Deliveries, Int) -> Void) {
        var place = 0
        while let stamp = urls.end(of: "ts=", from: place), let number = urls.end(of: "&n=", from: stamp) {
            if add(urls.number(at: number)) { take(&self, urls.number(at: stamp)) }
            place = number
        }
    }

    /// False if it was there before.
    private mutating func add(_ number: Int) -> Bool {
        let (word, bit) = (number / 64, UInt64(1) << UInt64(number % 64))
        if word >= seen.count { seen.append(contentsOf: repeatElement(0, count: word + 1024 - seen.count)) }
        defer { seen[word] |= bit }
        return seen[word] & bit == 0
    }
}
