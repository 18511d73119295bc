// zlib. deflateInit2 and inflateInit2 are macros, which Swift cannot call.
#ifndef COINTAPE_CZLIB_SHIM_H
#define COINTAPE_CZLIB_SHIM_H

#include <zlib.h>

// 16 beside the window's bits asks for a gzip wrapper (RFC 1952); without a header of ours its time is 0.
static inline int cointape_gzip_deflate_init(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

// Without a wrapper (RFC 1951), for pieces that stand behind each other in one.
static inline int cointape_deflate_init(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
}

static inline int cointape_gzip_inflate_init(z_stream *stream) {
    return inflateInit2(stream, 15 + 16);
}

#endif
