#ifndef CSYSTEM_H
#define CSYSTEM_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

// Where `wanted` begins in `bytes`, or NULL.
const void *csystem_find(const void *bytes, size_t count, const void *wanted, size_t wanted_count);

// A connection that is not handed on to child processes, or -1.
int csystem_accept(int listener);

// poll(2) with a timeout that is exact enough for a network's latency.
int csystem_poll(struct pollfd *entries, nfds_t count, int64_t nanoseconds);

#endif
