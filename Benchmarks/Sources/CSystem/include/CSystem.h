#ifndef CSYSTEM_H
#define CSYSTEM_H

#include <stddef.h>

// Where `wanted` begins in `bytes`, or NULL.
const void *csystem_find(const void *bytes, size_t count, const void *wanted, size_t wanted_count);

// A connection that is not handed on to child processes, or -1.
int csystem_accept(int listener);

#endif
