#pragma once
#include "buffer.h"
#include <stdbool.h>

struct client;

// Answers that are the same for everybody, and how events are sent.
struct server {
    // The project as a read has it, and what a subscriber is sent first.
    struct buffer project, opening;
    bool flushes_once_a_turn;
};

// `opens_with_project`: a subscriber's first event is as large as the project, else a short one.
struct server make_server(int project_bytes, bool opens_with_project, bool flushes_once_a_turn);
// Obeys the requests that are complete.
void server_read(const struct server *server, struct client *client, const char *bytes, size_t size);
