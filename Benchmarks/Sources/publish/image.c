#include "image.h"
#include "clock.h"
#include <stdio.h>

enum { SCENES = 20, PLACES = 4 };

static uint64_t mix(uint64_t number) {
    number = (number ^ number >> 31) * 0xbf58476d1ce4e5b9;
    return number ^ number >> 29;
}

struct image make_image(const struct options *options, int project, unsigned turn, uint64_t number) {
    struct image image = {.project = options->projects.ids[project], .number = number};
    if (options->inserts) {
        image.scene = 1 + turn % SCENES;
        image.place = 1000 + turn / SCENES;
    } else {
        image.scene = 1 + turn / PLACES % SCENES;
        image.place = turn % PLACES;
    }
    snprintf(image.url, sizeof image.url,
             "https://cdn.example.net/projects/%s/scenes/%d/%016lx%016lx.webp?ts=%lu&n=%lu",
             image.project, image.scene, mix(number), mix(~number), now_ns() / 1000, number);
    return image;
}
