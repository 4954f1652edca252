#include "server.h"
#include "channel.h"
#include "client.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void append_text(struct buffer *buffer, const char *text) {
    buffer_append(buffer, text, strlen(text));
}

static void append_project(struct buffer *buffer, int size) {
    static const char begin[] = "{\"project\":\"", end[] = "\"}";
    int rest = size - (int)(sizeof begin - 1 + sizeof end - 1);
    append_text(buffer, begin);
    while (rest-- > 0) append_text(buffer, "x");
    append_text(buffer, end);
}

struct server make_server(int project_bytes, bool opens_with_project, bool flushes_once_a_turn) {
    struct server server = {.flushes_once_a_turn = flushes_once_a_turn};
    char head[128];
    snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n",
             project_bytes);
    append_text(&server.project, head);
    append_project(&server.project, project_bytes);
    append_text(&server.opening, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n");
    append_text(&server.opening, "Cache-Control: no-store\r\n\r\n");
    append_text(&server.opening, opens_with_project ? "event: snapshot\ndata: " : "event: ready\ndata: {}");
    if (opens_with_project) append_project(&server.opening, project_bytes);
    append_text(&server.opening, "\n\n");
    return server;
}

static void publish(const struct server *server, struct client *client, const char *id, size_t length,
                    const char *data, size_t size) {
    static const char accepted[] = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
    channel_publish(channel_named(id, length), data, size, !server->flushes_once_a_turn);
    client_send(client, accepted, sizeof accepted - 1);
}

static void subscribe(const struct server *server, struct client *client, const char *id, size_t length) {
    channel_join(channel_named(id, length), client);
    client_send(client, server->opening.bytes, server->opening.size);
}

// Obeys the first request; false if it is not complete, or the client subscribes and will ask no more.
static bool obey(const struct server *server, struct client *client) {
    static const char publishing[] = "POST /publish/", reading[] = "GET /projects/", events[] = "/events";
    struct buffer *input = &client->input;
    char *end = memmem(input->bytes, input->size, "\r\n\r\n", 4);
    if (!end) return false;
    *end = 0;
    size_t head = end + 4 - input->bytes, body = 0;
    bool publishes = !strncmp(input->bytes, publishing, sizeof publishing - 1);
    if (publishes) {
        const char *length = strcasestr(input->bytes, "content-length:");
        body = length ? strtoul(length + strlen("content-length:"), 0, 10) : 0;
        *end = '\r';
        if (input->size < head + body) return false;
    }
    const char *id = input->bytes + (publishes ? sizeof publishing : sizeof reading) - 1;
    size_t length = strcspn(id, "/ ");
    if (publishes) {
        publish(server, client, id, length, input->bytes + head, body);
    } else if (!strncmp(id + length, events, sizeof events - 1)) {
        subscribe(server, client, id, length);
        buffer_free(input);
        return false;
    } else {
        client_send(client, server->project.bytes, server->project.size);
    }
    buffer_drop_first(input, head + body);
    return true;
}

void server_read(const struct server *server, struct client *client, const char *bytes, size_t size) {
    if (client->channel) return;
    buffer_append(&client->input, bytes, size);
    while (client->input.size && obey(server, client)) {}
}
