#include "sink.h"
#include "failure.h"
#include <libpq-fe.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char insert[] =
    "INSERT INTO generated_images (content_creation_request_id, scene_index, image_index, image_url) "
    "VALUES ($1::uuid, $2::integer, $3::integer, $4)";
static const char upsert[] =
    "INSERT INTO generated_images (content_creation_request_id, scene_index, image_index, image_url) "
    "VALUES ($1::uuid, $2::integer, $3::integer, $4) "
    "ON CONFLICT (content_creation_request_id, scene_index, image_index) "
    "DO UPDATE SET image_url = EXCLUDED.image_url, updated_at = now()";

static bool succeeded(void *session, PGresult *result) {
    bool is_fine = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!is_fine) fprintf(stderr, "publish: %s", PQerrorMessage(session));
    PQclear(result);
    return is_fine;
}

static struct sink open_database(const struct options *options) {
    PGconn *session = PQconnectdb(options->database);
    if (PQstatus(session) != CONNECTION_OK) fail("%s", PQerrorMessage(session));
    if (!succeeded(session, PQprepare(session, "put", options->inserts ? insert : upsert, 0, 0))) exit(1);
    return (struct sink){session, -1};
}

struct sink sink_open(const struct options *options) {
    if (options->database) return open_database(options);
    int yes = 1;
    struct sockaddr_in target = {
        .sin_family = AF_INET, .sin_port = htons(options->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sink sink = {0, socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (connect(sink.descriptor, (void *)&target, sizeof target)) fail("connect to port %d", options->port);
    setsockopt(sink.descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return sink;
}

// Reads one answer, whose body has a length that is told.
static bool is_accepted(int descriptor) {
    char answer[8192];
    size_t size = 0;
    for (;;) {
        ssize_t count = recv(descriptor, answer + size, sizeof answer - 1 - size, 0);
        if (count <= 0) fail("recv");
        size += count;
        answer[size] = 0;
        char *end = strstr(answer, "\r\n\r\n"), *length = strcasestr(answer, "content-length:");
        if (!end) continue;
        if (!length || length > end) fail("an answer without Content-Length");
        if (size - (end + 4 - answer) >= strtoul(length + strlen("content-length:"), 0, 10)) break;
    }
    return answer[9] == '2';
}

static bool post(int descriptor, const struct image *image) {
    char body[512], request[1024];
    int length = snprintf(body, sizeof body,
                          "{\"content_creation_request_id\":\"%s\",\"scene_index\":%d,\"image_index\":%d,"
                          "\"image_url\":\"%s\"}",
                          image->project, image->scene, image->place, image->url);
    int size = snprintf(request, sizeof request,
                        "POST /publish/%s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                        "X-EventSource-Event: image\r\nContent-Length: %d\r\n\r\n%s",
                        image->project, length, body);
    if (send(descriptor, request, size, MSG_NOSIGNAL) != size) fail("send");
    return is_accepted(descriptor);
}

bool sink_put(struct sink *sink, const struct image *image) {
    if (!sink->session) return post(sink->descriptor, image);
    char scene[12], place[12];
    snprintf(scene, sizeof scene, "%d", image->scene);
    snprintf(place, sizeof place, "%d", image->place);
    const char *values[] = {image->project, scene, place, image->url};
    return succeeded(sink->session, PQexecPrepared(sink->session, "put", 4, values, 0, 0, 0));
}

void sink_close(struct sink *sink) {
    if (sink->session) PQfinish(sink->session);
    else close(sink->descriptor);
}
