// The only file that includes zlib. Compresses whole request bodies with gzip for collectors that accept it.

#ifndef CZLIB_H
#define CZLIB_H

#include <zlib.h>
#include <stddef.h>

// Returns the largest output size of czlib_gzip, in bytes, for an input of the given length.
size_t czlib_gzip_bound(size_t length);

// Writes the gzip form (RFC 1952) of the input. Returns its length, or 0 if it does not fit or memory is exhausted.
size_t czlib_gzip(const unsigned char *input, size_t length, unsigned char *output, size_t capacity);

#endif
