#pragma once
#include <stddef.h>
#include <stdint.h>

// Takes the sizes of the chunks out of an HTTP/1.1 body.
struct chunks {
    enum { CHUNK_SIZE, CHUNK_EXTENSION, CHUNK_DATA, CHUNK_END } part;
    uint64_t left;
};

typedef void take_data(void *context, const char *data, size_t size);

void chunks_read(struct chunks *chunks, const char *bytes, size_t size, take_data *take, void *context);
