#pragma once
#include "buffer.h"
#include <stdbool.h>
#include <stddef.h>

struct channel;

// A connection: someone who asks, publishes or, once it has a channel, subscribes.
struct client {
    int descriptor;
    // Its place among the subscribers of its channel.
    int place;
    struct channel *channel;
    struct buffer input, output;
};

struct client *client_open(int descriptor, int epoll);
// Sends now what the socket takes, and the rest when it takes more.
void client_send(struct client *client, const char *bytes, size_t size);
void client_send_rest(struct client *client);
void client_close(struct client *client);
