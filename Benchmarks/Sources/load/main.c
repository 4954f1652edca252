// Opens event streams, one thread, and obeys lines on stdin:
//
//     open COUNT            until there are COUNT streams; answers when each has been accepted
//     reconnect [resume]    closes all and opens them at once, if told so with their last event ids; answers when each
//                           has had its first event
//     mark                  counts from zero on
//     stat                  counts and latencies
//     cdf FILE              writes the distribution of latencies
//     lost FILE             lines of PROJECT NUMBER, the project by its place: how many were never told
//     stop
//
// Each answer is a line of JSON.

#include "clock.h"
#include "failure.h"
#include "load.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum { COMMANDS = UINT32_MAX, TURN = 512 };

static const char usage[] =
    "usage: load -p PORT -u PATH -k PROJECTS [-e EVENT] [-f FIRST] [-g PROGRESS] [-a ARRIVALS]\n"
    "PATH holds {project}; PROJECTS is a file with an id a line; EVENT is the name of those that bring images;\n"
    "images below the number FIRST do not count; PROGRESS is a file in which the number of deliveries is kept;\n"
    "ARRIVALS gets number and time of each delivery, as two 64 bit words.\n";

static volatile uint64_t *share(const char *path) {
    int descriptor = open(path, O_RDWR | O_CREAT, 0666);
    if (descriptor < 0 || ftruncate(descriptor, sizeof(uint64_t))) fail("%s", path);
    void *shared = mmap(0, sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (shared == MAP_FAILED) fail("%s", path);
    return shared;
}

static void read_options(struct load *load, int count, char **words) {
    int option;
    while ((option = getopt(count, words, "p:u:k:e:f:g:a:")) != -1) {
        switch (option) {
        case 'p': load->port = atoi(optarg); break;
        case 'u': load->path = optarg; break;
        case 'k': load->projects = read_projects(optarg); break;
        case 'e': load->event_name = optarg; break;
        case 'f': load->first_number = strtoull(optarg, 0, 10); break;
        case 'g': load->progress = share(optarg); break;
        case 'a': if (!(load->arrivals = fopen(optarg, "wb"))) fail("%s", optarg); break;
        default: fputs(usage, stderr); exit(64);
        }
    }
    if (!load->port || !load->path || !load->projects.count) {
        fputs(usage, stderr);
        exit(64);
    }
}

static void write_distribution(const struct load *load, const char *path) {
    FILE *file = fopen(path, "w");
    if (!file) fail("%s", path);
    latencies_write(&load->counts.latencies, file);
    fclose(file);
    puts("{}");
}

static void obey(struct load *load, char *command) {
    char *argument = strchr(command, ' ');
    if (argument) *argument++ = 0;
    if (!strcmp(command, "open") && argument) return load_open(load, atoi(argument));
    if (!strcmp(command, "reconnect")) return load_reconnect(load, argument && !strcmp(argument, "resume"));
    if (!strcmp(command, "mark")) load_mark(load), puts("{}");
    else if (!strcmp(command, "stat")) load_write_stat(load);
    else if (!strcmp(command, "cdf") && argument) write_distribution(load, argument);
    else if (!strcmp(command, "lost") && argument) printf("{\"lost\": %lu}\n", load_lost(load, argument));
    else if (!strcmp(command, "stop")) exit(0);
    else fail("unknown command: %s", command);
    if (load->arrivals) fflush(load->arrivals);
    fflush(stdout);
}

// One command is under way at a time: whoever asks waits for the answer.
static void read_command(struct load *load) {
    static char line[1024];
    static size_t size;
    ssize_t count = read(STDIN_FILENO, line + size, sizeof line - 1 - size);
    if (count <= 0) exit(0);
    size += count;
    if (line[size - 1] != '\n') return;
    line[size - 1] = 0;
    size = 0;
    obey(load, line);
}

int main(int count, char **words) {
    struct load load = {.event_name = "image", .epoll = epoll_create1(EPOLL_CLOEXEC)};
    struct rlimit descriptors;
    getrlimit(RLIMIT_NOFILE, &descriptors);
    descriptors.rlim_cur = descriptors.rlim_max;
    setrlimit(RLIMIT_NOFILE, &descriptors);
    read_options(&load, count, words);
    load_mark(&load);

    struct epoll_event wanted = {.events = EPOLLIN, .data.u32 = COMMANDS}, events[TURN];
    if (epoll_ctl(load.epoll, EPOLL_CTL_ADD, STDIN_FILENO, &wanted)) fail("epoll_ctl");
    for (;;) {
        int ready = epoll_wait(load.epoll, events, TURN, -1);
        if (ready < 0 && errno != EINTR) fail("epoll_wait");
        int has_command = 0;
        for (int place = 0; place < ready; place++) {
            if (events[place].data.u32 == COMMANDS) has_command = 1;
            else load_serve(&load, events[place].data.u32);
        }
        // After the streams: a command may close them.
        if (has_command) read_command(&load);
        if (load.progress) *load.progress = load.counts.delivered + load.counts.by_snapshot;
        load_go_on(&load);
    }
}
