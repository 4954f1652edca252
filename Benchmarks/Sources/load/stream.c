#include "stream.h"
#include "clock.h"
#include "failure.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SOURCES = 8 };

static struct sockaddr_in loopback(int host, int port) {
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(0x7f000000 + host)};
}

void stream_connect(struct stream *stream, int number, int epoll, int port) {
    int yes = 1;
    stream->asked_ns = now_ns();
    stream->has_first = false;
    stream->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (stream->descriptor < 0) fail("socket");
    setsockopt(stream->descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    setsockopt(stream->descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    struct sockaddr_in source = loopback(1 + number % SOURCES, 0), target = loopback(1, port);
    if (bind(stream->descriptor, (void *)&source, sizeof source)) fail("bind");
    if (connect(stream->descriptor, (void *)&target, sizeof target) && errno != EINPROGRESS) fail("connect");
    struct epoll_event wanted = {.events = EPOLLOUT, .data.u32 = number};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, stream->descriptor, &wanted)) fail("epoll_ctl");
    stream->state = STREAM_CONNECTING;
}

bool stream_ask(struct stream *stream, int epoll, int number, const char *path, const char *project, bool resumes) {
    char request[1024], resumption[EVENT_ID_ROOM + 32] = "";
    const char *place = strstr(path, "{project}");
    int before = place ? place - path : (int)strlen(path);
    if (resumes && stream->last_event_id[0])
        snprintf(resumption, sizeof resumption, "Last-Event-ID: %s\r\n", stream->last_event_id);
    int size = snprintf(request, sizeof request,
                        "GET %.*s%s%s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n%s\r\n",
                        before, path, place ? project : "", place ? place + strlen("{project}") : "", resumption);
    struct epoll_event wanted = {.events = EPOLLIN, .data.u32 = number};
    epoll_ctl(epoll, EPOLL_CTL_MOD, stream->descriptor, &wanted);
    stream->state = STREAM_HEAD;
    return send(stream->descriptor, request, size, MSG_NOSIGNAL) == size;
}

const char *stream_take_head(struct stream *stream, const char *bytes, size_t *size) {
    size_t before = stream->line.size;
    text_append(&stream->line, bytes, *size);
    char *end = memmem(stream->line.bytes, stream->line.size, "\r\n\r\n", 4);
    if (!end) return 0;
    *end = 0;
    bool is_fine = !strncmp(stream->line.bytes, "HTTP/1.1 200", 12);
    if (!is_fine) fprintf(stderr, "load: %.*s\n", (int)strcspn(stream->line.bytes, "\r"), stream->line.bytes);
    stream->is_chunked = strcasestr(stream->line.bytes, "transfer-encoding: chunked");
    stream->chunks = (struct chunks){0};
    size_t used = end + 4 - stream->line.bytes - before;
    text_clear(&stream->line);
    stream->state = is_fine ? STREAM_OPEN : STREAM_REFUSED;
    *size -= used;
    return is_fine ? bytes + used : 0;
}

void stream_close(struct stream *stream) {
    if (stream->descriptor >= 0) close(stream->descriptor);
    stream->descriptor = -1;
    stream->state = STREAM_CLOSED;
    text_clear(&stream->line);
    event_clear(&stream->event);
}
