#include "projects.h"
#include "failure.h"
#include <stdio.h>
#include <stdlib.h>

struct projects read_projects(const char *path) {
    struct projects projects = {0};
    char id[PROJECT_ID_LENGTH + 1];
    FILE *file = fopen(path, "r");
    if (!file) fail("%s", path);
    while (fscanf(file, "%36s", id) == 1) {
        projects.ids = realloc(projects.ids, (projects.count + 1) * sizeof *projects.ids);
        for (int place = 0; place < (int)sizeof id; place++) projects.ids[projects.count][place] = id[place];
        projects.count++;
    }
    fclose(file);
    if (!projects.count) fail("%s: no projects", path);
    return projects;
}
