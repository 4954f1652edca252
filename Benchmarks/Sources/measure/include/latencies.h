#pragma once
#include <stdint.h>
#include <stdio.h>

enum { LATENCY_BUCKETS = 59 * 64 };

// A histogram of durations in nanoseconds, true to 1.6 %: 64 buckets for each doubling.
struct latencies {
    uint64_t count;
    uint64_t longest;
    uint64_t buckets[LATENCY_BUCKETS];
};

void latencies_clear(struct latencies *latencies);
void latencies_add(struct latencies *latencies, uint64_t duration_ns);
double latencies_quantile_ms(const struct latencies *latencies, double share);
// A line for each bucket that is not empty: its end in milliseconds, and the share of all that are not longer.
void latencies_write(const struct latencies *latencies, FILE *file);
