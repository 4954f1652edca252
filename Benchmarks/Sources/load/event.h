#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct image {
    uint64_t number, written_ns;
};

// An event while its lines come in.
struct event {
    char name[16];
    bool has_data;
    int scene;
    // Of the numbers of all images, those of the seed too, in their order.
    uint64_t fingerprint;
    struct image *images;
    uint32_t count, room;
};

// Takes a line without its end. `first` is the lowest number that counts: below are the images of the seed.
void event_read(struct event *event, const char *line, size_t size, uint64_t first);
void event_clear(struct event *event);
