#pragma once
#include "options.h"
#include <stdint.h>

// An image as it is about to be written.
struct image {
    const char *project;
    int scene, place;
    uint64_t number;
    char url[224];
};

// The `turn`th image of its project. Its URL says that it was written now, and is as long as those of the seed.
struct image make_image(const struct options *options, int project, unsigned turn, uint64_t number);
