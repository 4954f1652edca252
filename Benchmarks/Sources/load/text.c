#include "text.h"
#include <stdlib.h>
#include <string.h>

void text_append(struct text *text, const char *bytes, size_t size) {
    if (text->size + size > text->room) {
        text->room = (text->size + size) * 2;
        text->bytes = realloc(text->bytes, text->room);
    }
    memcpy(text->bytes + text->size, bytes, size);
    text->size += size;
}

void text_clear(struct text *text) {
    text->size = 0;
    if (text->room <= 4096) return;
    free(text->bytes);
    *text = (struct text){0};
}
