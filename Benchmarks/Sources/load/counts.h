#pragma once
#include "latencies.h"
#include <stdint.h>
#include <stdio.h>

// What has arrived on all streams since the last mark.
struct counts {
    uint64_t marked_ns;
    // Events of the name that brings images, and all others.
    uint64_t events, others;
    // Numbers that were new to their stream, those that were not, and those that came in another event.
    uint64_t delivered, repeated, by_snapshot;
    // Events that said again what the stream had been told last.
    uint64_t doubled;
    uint64_t receives, bytes, ended;
    uint64_t first_ns, last_ns;
    struct latencies latencies;
};

void counts_mark(struct counts *counts, uint64_t now);
// Members of a JSON object.
void counts_write(const struct counts *counts, FILE *file);
