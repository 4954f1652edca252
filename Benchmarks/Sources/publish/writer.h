#pragma once
#include "latencies.h"
#include "options.h"
#include <pthread.h>
#include <stdatomic.h>

// An image that has been acknowledged.
struct written {
    int project;
    uint64_t number, acknowledged_ns;
};

// What all writers share.
struct work {
    const struct options *options;
    uint64_t begin_ns, end_ns;
    atomic_ulong next;
    // How many images each project has been given.
    atomic_uint *turns;
    // Passed when all are connected, and again when the times are set.
    pthread_barrier_t start;
};

// A thread that writes one image after another.
struct writer {
    struct work *work;
    pthread_t thread;
    uint64_t random;
    struct written *written;
    size_t count, room;
    unsigned long refused;
    // How long each took, and how long after its time it began.
    struct latencies durations, delays;
};

void *writer_run(void *writer);
