#include "arrival.h"
#include <stdlib.h>
#include <string.h>

static void count_image(struct load *load, struct image image, uint64_t now) {
    struct counts *counts = &load->counts;
    counts->delivered++;
    if (!counts->first_ns) counts->first_ns = now;
    counts->last_ns = now;
    latencies_add(&counts->latencies, now > image.written_ns ? now - image.written_ns : 0);
    uint64_t record[2] = {image.number + load->first_number, now};
    if (load->arrivals) fwrite(record, sizeof record, 1, load->arrivals);
}

// An event of one image is doubled if that was told; one of a whole scene, if it is the scene's last once more.
static bool is_doubled(struct stream *stream, const struct event *event, int fresh) {
    if (!event->scene) return !fresh;
    if (!stream->scenes) stream->scenes = calloc(SCENES, sizeof *stream->scenes);
    uint64_t *last = &stream->scenes[event->scene % SCENES], before = *last;
    *last = event->fingerprint;
    return before == event->fingerprint;
}

static void take_event(struct arrival *arrival) {
    struct load *load = arrival->load;
    struct stream *stream = arrival->stream;
    struct event *event = &stream->event;
    struct counts *counts = &load->counts;
    bool brings_images = !strcmp(event->name, load->event_name);
    int fresh = 0;
    if (!stream->has_first) {
        stream->has_first = true;
        load->settled += load->awaits_events;
        latencies_add(&load->first_events, arrival->now - (load->awaits_events ? load->asked_ns : stream->asked_ns));
    }
    for (uint32_t place = 0; place < event->count; place++) {
        struct image image = event->images[place];
        bool is_new = numbers_add(&stream->told, image.number);
        fresh += is_new;
        if (!brings_images) counts->by_snapshot += is_new;
        else if (is_new) count_image(load, image, arrival->now);
        else counts->repeated++;
    }
    if (!brings_images) counts->others++;
    else counts->events++, counts->doubled += is_doubled(stream, event, fresh);
}

static void take_line(struct arrival *arrival, const char *line, size_t size) {
    struct stream *stream = arrival->stream;
    if (size && line[size - 1] == '\r') size--;
    if (size > 4 && !memcmp(line, "id: ", 4)) {
        size_t length = size - 4 < EVENT_ID_ROOM - 1 ? size - 4 : EVENT_ID_ROOM - 1;
        memcpy(stream->last_event_id, line + 4, length);
        stream->last_event_id[length] = 0;
    } else if (size) {
        event_read(&stream->event, line, size, arrival->load->first_number);
    } else {
        if (stream->event.has_data) take_event(arrival);
        event_clear(&stream->event);
    }
}

static void take_lines(void *context, const char *bytes, size_t size) {
    struct arrival *arrival = context;
    struct stream *stream = arrival->stream;
    const char *end = bytes + size, *line_end;
    for (; (line_end = memchr(bytes, '\n', end - bytes)); bytes = line_end + 1) {
        if (stream->line.size) {
            text_append(&stream->line, bytes, line_end - bytes);
            take_line(arrival, stream->line.bytes, stream->line.size);
            text_clear(&stream->line);
        } else {
            take_line(arrival, bytes, line_end - bytes);
        }
    }
    if (bytes < end) text_append(&stream->line, bytes, end - bytes);
}

void arrival_read(struct arrival *arrival, const char *bytes, size_t size) {
    struct stream *stream = arrival->stream;
    if (stream->is_chunked) chunks_read(&stream->chunks, bytes, size, take_lines, arrival);
    else take_lines(arrival, bytes, size);
}
