// A disk whose flushes take longer: preloaded into PostgreSQL, which flushes its WAL by fdatasync.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

int fdatasync(int descriptor) {
    static int (*flush)(int);
    if (!flush) flush = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    int result = flush(descriptor);
    const char *delay_us = getenv("SLOW_DISK_US");
    long delay = delay_us ? atol(delay_us) : 0;
    struct timespec pause = {delay / 1000000, delay % 1000000 * 1000};
    nanosleep(&pause, 0);
    return result;
}
