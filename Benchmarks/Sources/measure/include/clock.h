#pragma once
#include <stdint.h>

// Wall time: the stamps of one process are compared with another's.
uint64_t now_ns(void);
void sleep_ns(uint64_t duration);
// User and kernel time of this process.
double own_cpu_seconds(void);
