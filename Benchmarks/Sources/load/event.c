#include "event.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool begins(const char *line, size_t size, const char *text) {
    size_t length = strlen(text);
    return size >= length && !memcmp(line, text, length);
}

// Moves behind the digits.
static uint64_t read_number(const char **place, const char *end) {
    uint64_t number = 0;
    for (; *place < end && isdigit((unsigned char)**place); ++*place) number = number * 10 + (**place - '0');
    return number;
}

static void add_image(struct event *event, struct image image) {
    if (event->count == event->room) {
        event->room = event->room ? event->room * 2 : 4;
        event->images = realloc(event->images, event->room * sizeof *event->images);
    }
    event->images[event->count++] = image;
}

// A URL ends in `?ts=MICROSECONDS&n=NUMBER`, and nothing else in the data holds a question mark.
static void read_data(struct event *event, const char *data, size_t size, uint64_t first) {
    static const char scene_key[] = "\"scene_index\": ";
    const char *place = data, *end = data + size;
    if (!strcmp(event->name, "scene")) {
        const char *key = memmem(data, size, scene_key, sizeof scene_key - 1);
        if (key) {
            place = key + sizeof scene_key - 1;
            event->scene = read_number(&place, end);
        }
    }
    while ((place = memchr(place, '?', end - place))) {
        place++;
        if (!begins(place, end - place, "ts=")) continue;
        place += 3;
        uint64_t written_ns = read_number(&place, end) * 1000;
        if (!begins(place, end - place, "&n=")) continue;
        place += 3;
        uint64_t number = read_number(&place, end);
        event->fingerprint = (event->fingerprint ^ number) * 0x9e3779b97f4a7c15;
        if (number >= first) add_image(event, (struct image){number - first, written_ns});
    }
}

void event_read(struct event *event, const char *line, size_t size, uint64_t first) {
    if (begins(line, size, "data:")) {
        event->has_data = true;
        read_data(event, line + 5, size - 5, first);
    } else if (begins(line, size, "event:")) {
        size_t skipped = begins(line, size, "event: ") ? 7 : 6, length = size - skipped;
        if (length > sizeof event->name - 1) length = sizeof event->name - 1;
        memcpy(event->name, line + skipped, length);
        event->name[length] = 0;
    }
}

void event_clear(struct event *event) {
    event->name[0] = 0;
    event->has_data = false;
    event->scene = 0;
    event->fingerprint = 0;
    event->count = 0;
    if (event->room <= 64) return;
    free(event->images);
    event->images = 0;
    event->room = 0;
}
