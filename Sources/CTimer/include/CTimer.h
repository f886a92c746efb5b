// A timer of the kernel's as a file that one thread reads from (timerfd_create(2)): Swift's Glibc module does not have it.

#ifndef CTIMER_H
#define CTIMER_H

#include <stdbool.h>
#include <stdint.h>

// A new timer on the monotonic clock, which is not running; -1 when the process has no descriptor left.
int ctimer_create(void);

// Starts it anew; zero stops it.
void ctimer_set(int timer, uint64_t nanoseconds);

// Waits until it fires. False when it cannot be waited for.
bool ctimer_wait(int timer);

#endif
