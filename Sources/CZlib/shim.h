#pragma once

#include <stddef.h>
#include <zlib.h>

// deflateInit2 is a macro, which Swift does not import. 31: the largest window, and gzip's frame around it.
static inline int scenesync_begin_gzip(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
}

static inline int scenesync_begin_gunzip(z_stream *stream) {
    return inflateInit2(stream, 31);
}
