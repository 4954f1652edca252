#pragma once
#include "buffer.h"
#include "projects.h"
#include <stdbool.h>

struct client;

// A project: who subscribes to it, and the events that have not been sent yet.
struct channel {
    char id[PROJECT_ID_LENGTH + 1];
    struct client **clients;
    int count, room;
    struct buffer events;
    bool waits;
    struct channel *next;
};

// Finds it, or makes it.
struct channel *channel_named(const char *id, size_t length);
void channel_join(struct channel *channel, struct client *client);
void channel_leave(struct client *client);
// Takes an image as the data of an event. It is sent at once, or with all others at the next call of `channels_flush`.
void channel_publish(struct channel *channel, const char *data, size_t size, bool at_once);
void channels_flush(void);
