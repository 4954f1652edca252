#pragma once
#include "projects.h"
#include <stdbool.h>
#include <stdint.h>

// What to write, where, and how fast.
struct options {
    // A libpq connection string, or else a port for POST /publish/PROJECT.
    const char *database;
    int port;
    struct projects projects;
    int writers;
    double seconds;
    // Images a second; 0: as many as the window allows.
    double rate;
    // Images that may be on their way to `streams` subscribers each, and where the deliveries are counted.
    double window, streams;
    volatile const uint64_t *progress;
    uint64_t first_number;
    bool inserts, picks_at_random;
    const char *log;
};

struct options read_options(int count, char **words);
