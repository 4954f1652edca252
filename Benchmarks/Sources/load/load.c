#include "load.h"
#include "arrival.h"
#include "clock.h"
#include "failure.h"
#include <errno.h>
#include <string.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { MOST_AT_ONCE = 512, RECEIVED_ROOM = 1 << 18 };

static void begin(struct load *load, int count, int at_once) {
    load->wanted = count;
    load->at_once = at_once;
    load->is_opening = true;
    load->asked_ns = now_ns();
    latencies_clear(&load->first_events);
}

void load_open(struct load *load, int count) {
    load->streams = realloc(load->streams, count * sizeof *load->streams);
    for (int number = load->wanted; number < count; number++)
        load->streams[number] = (struct stream){.descriptor = -1, .project = number % load->projects.count};
    load->resumes = load->awaits_events = false;
    begin(load, count, MOST_AT_ONCE);
}

void load_reconnect(struct load *load, bool resumes) {
    for (int number = 0; number < load->wanted; number++) stream_close(&load->streams[number]);
    load->begun = load->connecting = load->settled = load->failed = 0;
    load->resumes = resumes;
    load->awaits_events = true;
    begin(load, load->wanted, load->wanted);
    load_mark(load);
}

void load_go_on(struct load *load) {
    while (load->begun < load->wanted && load->connecting < load->at_once) {
        stream_connect(&load->streams[load->begun], load->begun, load->epoll, load->port);
        load->begun++;
        load->connecting++;
    }
    if (!load->is_opening || load->settled < load->wanted) return;
    load->is_opening = false;
    printf("{\"streams\": %d, \"failed\": %d, \"seconds\": %.4f, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"bytes\": %lu}\n",
           load->wanted, load->failed, (now_ns() - load->asked_ns) / 1e9,
           latencies_quantile_ms(&load->first_events, 0.5), latencies_quantile_ms(&load->first_events, 0.99),
           load->counts.bytes);
    fflush(stdout);
}

static void end(struct load *load, struct stream *stream) {
    bool was_open = stream->state == STREAM_OPEN;
    load->connecting -= !was_open;
    if (load->awaits_events ? !stream->has_first : !was_open) {
        load->failed++;
        load->settled++;
    }
    load->counts.ended++;
    stream_close(stream);
}

void load_serve(struct load *load, int number) {
    static char received[RECEIVED_ROOM];
    struct stream *stream = &load->streams[number];
    if (stream->state == STREAM_CLOSED) return;
    if (stream->state == STREAM_CONNECTING) {
        const char *project = load->projects.ids[stream->project];
        if (!stream_ask(stream, load->epoll, number, load->path, project, load->resumes)) end(load, stream);
        return;
    }
    ssize_t count = recv(stream->descriptor, received, sizeof received, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) return end(load, stream);
    uint64_t now = now_ns();
    const char *bytes = received;
    size_t size = count;
    load->counts.receives++;
    load->counts.bytes += count;
    if (stream->state == STREAM_HEAD) {
        bytes = stream_take_head(stream, bytes, &size);
        if (stream->state == STREAM_HEAD) return;
        if (!bytes) return end(load, stream);
        load->connecting--;
        load->settled += !load->awaits_events;
    }
    arrival_read(&(struct arrival){load, stream, now}, bytes, size);
}

void load_mark(struct load *load) {
    counts_mark(&load->counts, now_ns());
    if (load->progress) *load->progress = 0;
}

void load_write_stat(const struct load *load) {
    int open = 0;
    for (int number = 0; number < load->wanted; number++) open += load->streams[number].state == STREAM_OPEN;
    printf("{\"open\": %d, ", open);
    counts_write(&load->counts, stdout);
    printf("}\n");
}

uint64_t load_lost(const struct load *load, const char *path) {
    FILE *file = fopen(path, "r");
    uint64_t lost = 0, number;
    int project;
    if (!file) fail("%s", path);
    while (fscanf(file, "%d %lu%*[^\n]", &project, &number) == 2) {
        if (number < load->first_number) continue;
        for (int stream = project; stream < load->wanted; stream += load->projects.count)
            lost += !numbers_hold(&load->streams[stream].told, number - load->first_number);
    }
    fclose(file);
    return lost;
}
