#include <stddef.h>
#include <sys/epoll.h>

// glibc's, which string.h shows only under _GNU_SOURCE.
void *memmem(const void *haystack, size_t haystack_size, const void *needle, size_t needle_size);
