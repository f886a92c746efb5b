#include "CZlib.h"
#include <limits.h>
#include <string.h>

enum { GZIP_WINDOW_BITS = 15 + 16, MEMORY_LEVEL = 8 };

// compressBound() counts zlib's own header; the gzip header is at most this much larger.
enum { GZIP_EXTRA_BYTES = 32 };

size_t czlib_gzip_bound(size_t length) {
    return compressBound((uLong)length) + GZIP_EXTRA_BYTES;
}

size_t czlib_gzip(const unsigned char *input, size_t length, unsigned char *output, size_t capacity) {
    if (length > UINT_MAX || capacity > UINT_MAX) {
        return 0;
    }
    z_stream stream;
    memset(&stream, 0, sizeof stream);
    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, GZIP_WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK) {
        return 0;
    }
    stream.next_in = (unsigned char *)input;
    stream.avail_in = (uInt)length;
    stream.next_out = output;
    stream.avail_out = (uInt)capacity;
    int result = deflate(&stream, Z_FINISH);
    size_t written = stream.total_out;
    deflateEnd(&stream);
    return result == Z_STREAM_END ? written : 0;
}
