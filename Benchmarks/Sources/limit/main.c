// The least that one thread can do for its subscribers: the limit that a daemon is measured by. It keeps nothing, looks
// at no data, and knows three requests:
//
//     GET  /projects/ID            an answer that is always the same
//     GET  /projects/ID/events     a stream of Server-Sent Events
//     POST /publish/ID             its body is the data of an event for all who subscribe to ID

#include "channel.h"
#include "client.h"
#include "failure.h"
#include "server.h"
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TURN = 512, BACKLOG = 4096, RECEIVED_ROOM = 1 << 16 };

static const char usage[] =
    "usage: limit -p PORT [-b BYTES] [-o] [-t]\n"
    "BYTES is the size of a project; -o opens a stream with an event of that size;\n"
    "-t sends the events of a turn of the loop together instead of each at once.\n";

static int listen_on(int port) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), yes = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(descriptor, (void *)&address, sizeof address) || listen(descriptor, BACKLOG)) fail("port %d", port);
    return descriptor;
}

static void accept_all(int listener, int epoll) {
    int descriptor;
    while ((descriptor = accept4(listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) client_open(descriptor, epoll);
}

static void serve(const struct server *server, struct client *client, unsigned events) {
    static char received[RECEIVED_ROOM];
    if (events & EPOLLOUT) client_send_rest(client);
    if (!(events & ~EPOLLOUT)) return;
    ssize_t count = recv(client->descriptor, received, sizeof received, 0);
    if (count > 0) server_read(server, client, received, count);
    else if (!count || (errno != EAGAIN && errno != EINTR)) client_close(client);
}

int main(int count, char **words) {
    int port = 0, project_bytes = 0, option;
    bool opens_with_project = false, flushes_once_a_turn = false;
    while ((option = getopt(count, words, "p:b:ot")) != -1) {
        switch (option) {
        case 'p': port = atoi(optarg); break;
        case 'b': project_bytes = atoi(optarg); break;
        case 'o': opens_with_project = true; break;
        case 't': flushes_once_a_turn = true; break;
        default: port = 0;
        }
    }
    if (!port) {
        fputs(usage, stderr);
        return 64;
    }
    struct server server = make_server(project_bytes, opens_with_project, flushes_once_a_turn);
    int listener = listen_on(port), epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event wanted = {.events = EPOLLIN}, events[TURN];
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &wanted)) fail("epoll_ctl");
    for (;;) {
        int ready = epoll_wait(epoll, events, TURN, -1);
        for (int place = 0; place < ready; place++) {
            if (events[place].data.ptr) serve(&server, events[place].data.ptr, events[place].events);
            else accept_all(listener, epoll);
        }
        channels_flush();
    }
}
