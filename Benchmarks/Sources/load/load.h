#pragma once
#include "counts.h"
#include "projects.h"
#include "stream.h"

// All streams of the client, and what is being waited for.
struct load {
    // Options.
    int port;
    const char *path, *event_name;
    struct projects projects;
    uint64_t first_number;
    FILE *arrivals;
    volatile uint64_t *progress;

    int epoll;
    struct stream *streams;
    // Streams that were asked for, begun, begun and not open yet; those that are as far as was asked, or have failed.
    int wanted, begun, connecting, settled, failed;
    int at_once;
    bool resumes, is_opening, awaits_events;
    uint64_t asked_ns;
    struct counts counts;
    struct latencies first_events;
};

// Opens streams until there are `count`. The answer comes when each has been accepted.
void load_open(struct load *load, int count);
// Closes all and opens them again at once. The answer comes when each has had its first event.
void load_reconnect(struct load *load, bool resumes);
// Begins as many connections as may be under way, and answers when all streams are as far as was asked.
void load_go_on(struct load *load);
// Something has happened to a stream.
void load_serve(struct load *load, int number);
void load_mark(struct load *load);
void load_write_stat(const struct load *load);
// Reads lines of a project's place and a number, and counts the streams of that project that were never told it.
uint64_t load_lost(const struct load *load, const char *path);
