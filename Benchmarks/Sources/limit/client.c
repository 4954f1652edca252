#include "client.h"
#include "channel.h"
#include "failure.h"
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static int all_clients;

static void wait_for(struct client *client, int change, unsigned what) {
    struct epoll_event wanted = {.events = what, .data.ptr = client};
    if (epoll_ctl(all_clients, change, client->descriptor, &wanted)) fail("epoll_ctl");
}

struct client *client_open(int descriptor, int epoll) {
    int yes = 1;
    struct client *client = calloc(1, sizeof *client);
    all_clients = epoll;
    client->descriptor = descriptor;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    wait_for(client, EPOLL_CTL_ADD, EPOLLIN);
    return client;
}

void client_send(struct client *client, const char *bytes, size_t size) {
    if (!client->output.size) {
        ssize_t count = send(client->descriptor, bytes, size, MSG_NOSIGNAL);
        if (count == (ssize_t)size) return;
        if (count > 0) bytes += count, size -= count;
        wait_for(client, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    }
    buffer_append(&client->output, bytes, size);
}

void client_send_rest(struct client *client) {
    struct buffer *output = &client->output;
    ssize_t count = output->size ? send(client->descriptor, output->bytes, output->size, MSG_NOSIGNAL) : 0;
    if (count > 0) buffer_drop_first(output, count);
    if (!output->size) wait_for(client, EPOLL_CTL_MOD, EPOLLIN);
}

void client_close(struct client *client) {
    if (client->channel) channel_leave(client);
    close(client->descriptor);
    buffer_free(&client->input);
    buffer_free(&client->output);
    free(client);
}
