#pragma once
#include "chunks.h"
#include "event.h"
#include "numbers.h"
#include "text.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SCENES = 32, EVENT_ID_ROOM = 64 };

// One subscriber: its connection, and what it has been told.
struct stream {
    int descriptor;
    int project;
    enum { STREAM_CLOSED, STREAM_CONNECTING, STREAM_HEAD, STREAM_REFUSED, STREAM_OPEN } state;
    bool is_chunked;
    // Has had an event since it was opened.
    bool has_first;
    uint64_t asked_ns;
    struct chunks chunks;
    struct text line;
    struct event event;
    struct numbers told;
    // The fingerprint of the last event of each scene.
    uint64_t *scenes;
    char last_event_id[EVENT_ID_ROOM];
};

// Begins to connect to `port`, from one of several addresses of loopback: one alone has too few ports.
void stream_connect(struct stream *stream, int number, int epoll, int port);
// Sends the request, with the last event id if `resumes`. False if the connection is not there.
bool stream_ask(struct stream *stream, int epoll, int number, const char *path, const char *project, bool resumes);
// Returns the bytes of the body in `bytes`, once the head is complete; null before, and after an error.
const char *stream_take_head(struct stream *stream, const char *bytes, size_t *size);
void stream_close(struct stream *stream);
