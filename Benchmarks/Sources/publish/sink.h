#pragma once
#include "image.h"
#include <stdbool.h>

// Where a writer's images go: a database session, or a connection to a server that takes them directly.
struct sink {
    void *session;
    int descriptor;
};

struct sink sink_open(const struct options *options);
// Returns when the image has been committed or accepted; false if it has been refused.
bool sink_put(struct sink *sink, const struct image *image);
void sink_close(struct sink *sink);
