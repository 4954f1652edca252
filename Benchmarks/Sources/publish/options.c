#include "options.h"
#include "failure.h"
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

static const char usage[] =
    "usage: publish -k PROJECTS (-d DATABASE | -p PORT) (-r RATE | -w WINDOW -n STREAMS -g PROGRESS)\n"
    "               [-c WRITERS] [-s SECONDS] [-f FIRST] [-i] [-x] [-l LOG]\n"
    "-i inserts images instead of replacing 80 places in turn; -x picks projects at random instead of in turn;\n"
    "LOG gets for each image a line of its project's place, its number and when it was acknowledged (ns).\n";

static volatile const uint64_t *shared(const char *path) {
    int descriptor = open(path, O_RDONLY);
    if (descriptor < 0) fail("%s", path);
    void *page = mmap(0, sizeof(uint64_t), PROT_READ, MAP_SHARED, descriptor, 0);
    if (page == MAP_FAILED) fail("%s", path);
    return page;
}

struct options read_options(int count, char **words) {
    struct options options = {.writers = 1, .seconds = 1, .first_number = 1};
    int option;
    while ((option = getopt(count, words, "k:d:p:r:w:n:g:c:s:f:ixl:")) != -1) {
        switch (option) {
        case 'k': options.projects = read_projects(optarg); break;
        case 'd': options.database = optarg; break;
        case 'p': options.port = atoi(optarg); break;
        case 'r': options.rate = atof(optarg); break;
        case 'w': options.window = atof(optarg); break;
        case 'n': options.streams = atof(optarg); break;
        case 'g': options.progress = shared(optarg); break;
        case 'c': options.writers = atoi(optarg); break;
        case 's': options.seconds = atof(optarg); break;
        case 'f': options.first_number = strtoull(optarg, 0, 10); break;
        case 'i': options.inserts = true; break;
        case 'x': options.picks_at_random = true; break;
        case 'l': options.log = optarg; break;
        default: fputs(usage, stderr); exit(64);
        }
    }
    bool is_paced = options.rate > 0 || (options.window > 0 && options.streams > 0 && options.progress);
    if (!options.projects.count || !(options.database || options.port) || !is_paced) {
        fputs(usage, stderr);
        exit(64);
    }
    return options;
}
