#include "latencies.h"
#include <string.h>

static int bucket_of(uint64_t duration) {
    if (duration < 64) return duration;
    int doublings = 57 - __builtin_clzll(duration);
    return doublings * 64 + (duration >> doublings);
}

static uint64_t end_of(int bucket) {
    if (bucket < 128) return bucket;
    int doublings = bucket / 64 - 1;
    return ((uint64_t)(bucket - doublings * 64 + 1) << doublings) - 1;
}

void latencies_clear(struct latencies *latencies) {
    memset(latencies, 0, sizeof *latencies);
}

void latencies_add(struct latencies *latencies, uint64_t duration) {
    int bucket = bucket_of(duration);
    latencies->buckets[bucket < LATENCY_BUCKETS ? bucket : LATENCY_BUCKETS - 1]++;
    latencies->count++;
    if (duration > latencies->longest) latencies->longest = duration;
}

static double end_ms(const struct latencies *latencies, int bucket) {
    uint64_t end = end_of(bucket);
    return (end < latencies->longest ? end : latencies->longest) / 1e6;
}

double latencies_quantile_ms(const struct latencies *latencies, double share) {
    double wanted = share * latencies->count;
    uint64_t passed = 0;
    for (int bucket = 0; bucket < LATENCY_BUCKETS; bucket++) {
        passed += latencies->buckets[bucket];
        if (passed && passed >= wanted) return end_ms(latencies, bucket);
    }
    return 0;
}

void latencies_write(const struct latencies *latencies, FILE *file) {
    uint64_t passed = 0;
    for (int bucket = 0; bucket < LATENCY_BUCKETS; bucket++) {
        if (!latencies->buckets[bucket]) continue;
        passed += latencies->buckets[bucket];
        fprintf(file, "%.6f %.8f\n", end_ms(latencies, bucket), (double)passed / latencies->count);
    }
}
