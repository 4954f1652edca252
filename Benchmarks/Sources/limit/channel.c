#include "channel.h"
#include "client.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { TABLE = 1 << 12 };

static struct channel *table[TABLE];
static struct channel **waiting;
static int waiting_count, waiting_room;

static uint32_t hash(const char *id, size_t length) {
    uint32_t sum = 2166136261;
    while (length--) sum = (sum ^ (unsigned char)*id++) * 16777619;
    return sum % TABLE;
}

struct channel *channel_named(const char *id, size_t length) {
    struct channel **first = &table[hash(id, length)];
    if (length > PROJECT_ID_LENGTH) length = PROJECT_ID_LENGTH;
    for (struct channel *channel = *first; channel; channel = channel->next)
        if (!strncmp(channel->id, id, length) && !channel->id[length]) return channel;
    struct channel *channel = calloc(1, sizeof *channel);
    memcpy(channel->id, id, length);
    channel->next = *first;
    return *first = channel;
}

void channel_join(struct channel *channel, struct client *client) {
    if (channel->count == channel->room) {
        channel->room = channel->room ? channel->room * 2 : 4;
        channel->clients = realloc(channel->clients, channel->room * sizeof *channel->clients);
    }
    client->channel = channel;
    client->place = channel->count;
    channel->clients[channel->count++] = client;
}

void channel_leave(struct client *client) {
    struct channel *channel = client->channel;
    struct client *last = channel->clients[--channel->count];
    channel->clients[client->place] = last;
    last->place = client->place;
    client->channel = 0;
}

static void flush(struct channel *channel) {
    for (int place = 0; place < channel->count; place++)
        client_send(channel->clients[place], channel->events.bytes, channel->events.size);
    channel->events.size = 0;
    channel->waits = false;
}

void channel_publish(struct channel *channel, const char *data, size_t size, bool at_once) {
    static const char begin[] = "event: image\ndata: ";
    buffer_append(&channel->events, begin, sizeof begin - 1);
    buffer_append(&channel->events, data, size);
    buffer_append(&channel->events, "\n\n", 2);
    if (at_once) return flush(channel);
    if (channel->waits) return;
    channel->waits = true;
    if (waiting_count == waiting_room) {
        waiting_room = waiting_room ? waiting_room * 2 : 64;
        waiting = realloc(waiting, waiting_room * sizeof *waiting);
    }
    waiting[waiting_count++] = channel;
}

void channels_flush(void) {
    for (int place = 0; place < waiting_count; place++) flush(waiting[place]);
    waiting_count = 0;
}
