#pragma once

enum { PROJECT_ID_LENGTH = 36 };

// The projects of a run, in the order in which streams and images are given to them.
struct projects {
    int count;
    char (*ids)[PROJECT_ID_LENGTH + 1];
};

// Reads a file with an id a line.
struct projects read_projects(const char *path);
