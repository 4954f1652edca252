#include "writer.h"
#include "clock.h"
#include "image.h"
#include "sink.h"
#include <stdlib.h>

enum { MOST_REFUSED = 1000, POLL_NS = 20000 };

static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    return *state ^= *state << 17;
}

static void keep(struct writer *writer, struct written written) {
    if (writer->count == writer->room) {
        writer->room = writer->room ? writer->room * 2 : 4096;
        writer->written = realloc(writer->written, writer->room * sizeof *writer->written);
    }
    writer->written[writer->count++] = written;
}

// Waits until the image is due; false if the time is over.
static bool wait_until_due(const struct work *work, uint64_t turn, uint64_t *due) {
    const struct options *options = work->options;
    *due = 0;
    if (options->rate > 0) {
        *due = work->begin_ns + (uint64_t)(turn * 1e9 / options->rate);
        if (*due >= work->end_ns) return false;
        uint64_t now = now_ns();
        if (now < *due) sleep_ns(*due - now);
        return true;
    }
    while (turn * options->streams - *options->progress > options->window * options->streams) {
        if (now_ns() >= work->end_ns) return false;
        sleep_ns(POLL_NS);
    }
    return now_ns() < work->end_ns;
}

void *writer_run(void *pointer) {
    struct writer *writer = pointer;
    struct work *work = writer->work;
    const struct options *options = work->options;
    int projects = options->projects.count;
    struct sink sink = sink_open(options);
    uint64_t due;
    pthread_barrier_wait(&work->start);
    pthread_barrier_wait(&work->start);
    for (;;) {
        uint64_t turn = atomic_fetch_add(&work->next, 1);
        if (writer->refused > MOST_REFUSED || !wait_until_due(work, turn, &due)) break;
        int project = (options->picks_at_random ? next_random(&writer->random) : turn) % projects;
        uint64_t number = options->first_number + turn, begun = now_ns();
        struct image image = make_image(options, project, atomic_fetch_add(&work->turns[project], 1), number);
        bool is_accepted = sink_put(&sink, &image);
        uint64_t acknowledged = now_ns();
        if (!is_accepted) {
            writer->refused++;
            continue;
        }
        latencies_add(&writer->durations, acknowledged - begun);
        latencies_add(&writer->delays, due && begun > due ? begun - due : 0);
        keep(writer, (struct written){project, number, acknowledged});
    }
    sink_close(&sink);
    return 0;
}
