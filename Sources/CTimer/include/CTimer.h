// A kernel timer as a file descriptor that one thread reads (timerfd_create(2)). Swift's Glibc module lacks it.

#ifndef CTIMER_H
#define CTIMER_H

#include <stdbool.h>
#include <stdint.h>

// Creates a stopped timer on the monotonic clock. Returns -1 if the process has no descriptor left.
int ctimer_create(void);

// Restarts the timer; zero stops it.
void ctimer_set(int timer, uint64_t nanoseconds);

// Blocks until the timer fires. Returns false if reading the timer failed.
bool ctimer_wait(int timer);

#endif
