// Passes notifications on: LISTEN, and a POST /publish/PROJECT for each of them, `bridge DATABASE CHANNEL PORT`.
//
// The little program that someone would put between PostgreSQL and a server that knows nothing of it. It does not wait
// for an answer before it sends the next request, so that the server is the limit.

#include "failure.h"
#include "projects.h"
#include <errno.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { ROOM = 1 << 20, MOST_OF_A_REQUEST = 1 << 14 };

static PGconn *listen_to(const char *database, const char *channel) {
    PGconn *session = PQconnectdb(database);
    char statement[128];
    snprintf(statement, sizeof statement, "LISTEN %s", channel);
    PGresult *result = PQexec(session, statement);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) fail("%s", PQerrorMessage(session));
    PQclear(result);
    return session;
}

static int connect_to(int port) {
    int descriptor = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    struct sockaddr_in target = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(descriptor, (void *)&target, sizeof target)) fail("connect to port %d", port);
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return descriptor;
}

static void send_all(int descriptor, const char *bytes, size_t size) {
    while (size) {
        ssize_t count = send(descriptor, bytes, size, MSG_NOSIGNAL);
        if (count < 0) fail("send");
        bytes += count;
        size -= count;
    }
}

static size_t write_request(char *request, const char *payload) {
    static const char key[] = "\"content_creation_request_id\":\"";
    const char *project = strstr(payload, key);
    if (!project) fail("a notification without a project: %s", payload);
    return snprintf(request, MOST_OF_A_REQUEST,
                    "POST /publish/%.*s HTTP/1.1\r\nHost: 127.0.0.1\r\nX-EventSource-Event: image\r\n"
                    "Content-Length: %zu\r\n\r\n%s",
                    PROJECT_ID_LENGTH, project + sizeof key - 1, strlen(payload), payload);
}

int main(int count, char **words) {
    static char requests[ROOM], answers[1 << 16];
    if (count != 4) {
        fputs("usage: bridge DATABASE CHANNEL PORT\n", stderr);
        return 64;
    }
    PGconn *session = listen_to(words[1], words[2]);
    int server = connect_to(atoi(words[3]));
    puts("ready");
    fflush(stdout);
    for (;;) {
        struct pollfd sources[] = {{.fd = PQsocket(session), .events = POLLIN}, {.fd = server, .events = POLLIN}};
        if (poll(sources, 2, -1) < 0 && errno != EINTR) fail("poll");
        if (sources[1].revents && recv(server, answers, sizeof answers, MSG_DONTWAIT) == 0) return 0;
        if (!sources[0].revents) continue;
        if (!PQconsumeInput(session)) fail("%s", PQerrorMessage(session));
        size_t size = 0;
        for (PGnotify *notification; (notification = PQnotifies(session)); PQfreemem(notification)) {
            size += write_request(requests + size, notification->extra);
            if (size < ROOM - MOST_OF_A_REQUEST) continue;
            send_all(server, requests, size);
            size = 0;
        }
        send_all(server, requests, size);
    }
}
