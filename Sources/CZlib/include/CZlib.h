// The one place that includes zlib: gzip of a whole body, for collectors that are asked to take it.

#ifndef CZLIB_H
#define CZLIB_H

#include <zlib.h>
#include <stddef.h>

// The most bytes that czlib_gzip can need for an input of the given length.
size_t czlib_gzip_bound(size_t length);

// Writes the gzip form (RFC 1952) of the input. Returns its length, or 0 when it does not fit or memory is out.
size_t czlib_gzip(const unsigned char *input, size_t length, unsigned char *output, size_t capacity);

#endif
