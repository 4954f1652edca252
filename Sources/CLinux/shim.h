#pragma once

#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

// prctl is variadic, which Swift does not import.
static inline void scenesync_name_this_thread(const char *name) {
    prctl(PR_SET_NAME, name, 0, 0, 0);
}

// glibc declares it only under _GNU_SOURCE.
int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);

// glibc declares it only under _GNU_SOURCE. It leads to where the kernel has put the arguments, one after the other.
extern char *program_invocation_name;
static inline char *scenesync_first_argument(void) {
    return program_invocation_name;
}
