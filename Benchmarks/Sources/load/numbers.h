#pragma once
#include <stdbool.h>
#include <stdint.h>

// A set of small numbers.
struct numbers {
    uint64_t *words;
    uint32_t count;
};

bool numbers_hold(const struct numbers *numbers, uint64_t number);
// False if it was there before.
bool numbers_add(struct numbers *numbers, uint64_t number);
