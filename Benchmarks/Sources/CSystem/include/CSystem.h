#ifndef CSYSTEM_H
#define CSYSTEM_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

// Returns the start of `wanted` in `bytes`, or NULL.
const void *csystem_find(const void *bytes, size_t count, const void *wanted, size_t wanted_count);

// Accepts a connection that child processes do not inherit; returns -1 on failure.
int csystem_accept(int listener);

// poll(2) with a timeout precise enough for network latencies.
int csystem_poll(struct pollfd *entries, nfds_t count, int64_t nanoseconds);

#endif
