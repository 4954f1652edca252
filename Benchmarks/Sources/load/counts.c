#include "counts.h"
#include "clock.h"
#include <string.h>

void counts_mark(struct counts *counts, uint64_t now) {
    memset(counts, 0, sizeof *counts);
    counts->marked_ns = now;
}

void counts_write(const struct counts *counts, FILE *file) {
    const struct latencies *latencies = &counts->latencies;
    fprintf(file, "\"events\": %lu, \"others\": %lu, \"delivered\": %lu, \"repeated\": %lu, \"by_snapshot\": %lu, ",
            counts->events, counts->others, counts->delivered, counts->repeated, counts->by_snapshot);
    fprintf(file, "\"doubled\": %lu, \"receives\": %lu, \"bytes\": %lu, \"ended\": %lu, \"span_s\": %.4f, ",
            counts->doubled, counts->receives, counts->bytes, counts->ended,
            (counts->last_ns - counts->first_ns) / 1e9);
    fprintf(file, "\"p50_ms\": %.4f, \"p90_ms\": %.4f, \"p99_ms\": %.4f, \"p999_ms\": %.4f, \"max_ms\": %.4f, ",
            latencies_quantile_ms(latencies, 0.5), latencies_quantile_ms(latencies, 0.9),
            latencies_quantile_ms(latencies, 0.99), latencies_quantile_ms(latencies, 0.999),
            latencies->longest / 1e6);
    fprintf(file, "\"client_cpu_s\": %.3f", own_cpu_seconds());
}
