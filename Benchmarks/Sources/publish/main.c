// Writes images, into the database or straight to a server, at a rate or as fast as they are delivered, and prints a
// line of JSON at the end.

#include "clock.h"
#include "failure.h"
#include "writer.h"
#include <stdio.h>
#include <stdlib.h>

enum { HEAD_START_NS = 20000000 };

static void add(struct latencies *sum, const struct latencies *other) {
    for (int bucket = 0; bucket < LATENCY_BUCKETS; bucket++) sum->buckets[bucket] += other->buckets[bucket];
    sum->count += other->count;
    if (other->longest > sum->longest) sum->longest = other->longest;
}

static void write_log(const char *path, const struct writer *writers, int count) {
    FILE *file = fopen(path, "w");
    if (!file) fail("%s", path);
    for (const struct writer *writer = writers; writer < writers + count; writer++)
        for (const struct written *image = writer->written; image < writer->written + writer->count; image++)
            fprintf(file, "%d %lu %lu\n", image->project, image->number, image->acknowledged_ns);
    fclose(file);
}

int main(int count, char **words) {
    struct options options = read_options(count, words);
    struct work work = {.options = &options};
    struct writer *writers = calloc(options.writers, sizeof *writers);
    static struct latencies durations, delays;
    unsigned long published = 0, refused = 0;

    work.turns = calloc(options.projects.count, sizeof *work.turns);
    pthread_barrier_init(&work.start, 0, options.writers + 1);
    for (int number = 0; number < options.writers; number++) {
        writers[number].work = &work;
        writers[number].random = 0x9e3779b97f4a7c15 * (number + 1);
        if (pthread_create(&writers[number].thread, 0, writer_run, &writers[number])) fail("pthread_create");
    }
    pthread_barrier_wait(&work.start);
    work.begin_ns = now_ns() + HEAD_START_NS;
    work.end_ns = work.begin_ns + (uint64_t)(options.seconds * 1e9);
    pthread_barrier_wait(&work.start);

    for (int number = 0; number < options.writers; number++) {
        pthread_join(writers[number].thread, 0);
        published += writers[number].count;
        refused += writers[number].refused;
        add(&durations, &writers[number].durations);
        add(&delays, &writers[number].delays);
    }
    double seconds = (now_ns() - work.begin_ns) / 1e9;
    if (options.log) write_log(options.log, writers, options.writers);
    printf("{\"published\": %lu, \"refused\": %lu, \"per_second\": %.1f, "
           "\"write_p50_ms\": %.3f, \"write_p99_ms\": %.3f, "
           "\"late_p50_ms\": %.3f, \"late_p99_ms\": %.3f, \"publisher_cpu_s\": %.3f}\n",
           published, refused, published / seconds, latencies_quantile_ms(&durations, 0.5),
           latencies_quantile_ms(&durations, 0.99), latencies_quantile_ms(&delays, 0.5),
           latencies_quantile_ms(&delays, 0.99), own_cpu_seconds());
    return 0;
}
