#pragma once
#include <stddef.h>

// Bytes of a line, which may have come in several pieces.
struct text {
    char *bytes;
    size_t size, room;
};

void text_append(struct text *text, const char *bytes, size_t size);
// Keeps the memory of short lines only: of 10,000 snapshots none must stay.
void text_clear(struct text *text);
