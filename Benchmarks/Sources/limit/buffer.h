#pragma once
#include <stddef.h>

// Bytes that wait.
struct buffer {
    char *bytes;
    size_t size, room;
};

void buffer_append(struct buffer *buffer, const char *bytes, size_t size);
void buffer_drop_first(struct buffer *buffer, size_t size);
void buffer_free(struct buffer *buffer);
