#include "numbers.h"
#include <stdlib.h>
#include <string.h>

bool numbers_hold(const struct numbers *numbers, uint64_t number) {
    uint64_t word = number / 64;
    return word < numbers->count && numbers->words[word] >> number % 64 & 1;
}

bool numbers_add(struct numbers *numbers, uint64_t number) {
    if (numbers_hold(numbers, number)) return false;
    uint32_t word = number / 64;
    if (word >= numbers->count) {
        uint32_t count = word + word / 4 + 4;
        numbers->words = realloc(numbers->words, count * sizeof *numbers->words);
        memset(numbers->words + numbers->count, 0, (count - numbers->count) * sizeof *numbers->words);
        numbers->count = count;
    }
    numbers->words[word] |= 1ull << number % 64;
    return true;
}
