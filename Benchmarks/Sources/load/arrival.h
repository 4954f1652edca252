#pragma once
#include "load.h"

// Bytes of a stream's body that have come in just now.
struct arrival {
    struct load *load;
    struct stream *stream;
    uint64_t now;
};

void arrival_read(struct arrival *arrival, const char *bytes, size_t size);
