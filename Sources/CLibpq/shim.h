#pragma once

#include <dlfcn.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

// Decrypted bytes that wait inside OpenSSL make no socket readable, and libpq has no call that tells of them.
static inline int scenesync_ssl_pending(PGconn *connection) {
    void *ssl = PQsslStruct(connection, "OpenSSL");
    int (*pending)(const void *) = ssl ? (int (*)(const void *))dlsym(0, "SSL_pending") : 0;
    return pending ? pending(ssl) : 0;
}
