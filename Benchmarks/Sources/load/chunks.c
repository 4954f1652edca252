#include "chunks.h"
#include <ctype.h>
#include <string.h>

static int digit_of(char byte) {
    return isdigit((unsigned char)byte) ? byte - '0' : isxdigit((unsigned char)byte) ? (byte | 32) - 'a' + 10 : -1;
}

void chunks_read(struct chunks *chunks, const char *bytes, size_t size, take_data *take, void *context) {
    const char *end = bytes + size;
    while (bytes < end) {
        if (chunks->part == CHUNK_DATA) {
            size_t count = chunks->left < (size_t)(end - bytes) ? chunks->left : (size_t)(end - bytes);
            take(context, bytes, count);
            bytes += count;
            chunks->left -= count;
            if (!chunks->left) chunks->part = CHUNK_END;
            continue;
        }
        char byte = *bytes++;
        if (byte == '\n') {
            chunks->part = chunks->left ? CHUNK_DATA : CHUNK_SIZE;
        } else if (chunks->part == CHUNK_SIZE) {
            int digit = digit_of(byte);
            if (digit < 0) chunks->part = CHUNK_EXTENSION;
            else chunks->left = chunks->left * 16 + digit;
        }
    }
}
