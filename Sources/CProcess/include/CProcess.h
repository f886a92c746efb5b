// Calls of the C library and the kernel that Swift cannot make: kernel timers, which Swift's Glibc module lacks; C's `stdout`
// and `environ`, which Swift 6 refuses as globals; the process's arguments; the main queue; malloc's settings; the detection of
// forks and of lost descriptors; SIGPIPE.

#ifndef CPROCESS_H
#define CPROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Creates a stopped timer on the monotonic clock. Returns -1 if the process has no descriptor left.
int cprocess_timer_create(void);

// Restarts the timer; zero stops it.
void cprocess_timer_set(int timer, uint64_t nanoseconds);

// Blocks until the timer fires. Returns false if reading the timer failed.
bool cprocess_timer_wait(int timer);

// The size of `stdout`'s buffer. A longer line is written in pieces of this size.
#define CPROCESS_LINE_BUFFER_BYTES (64 * 1024)

// Makes `stdout` write each line as soon as it is complete; by default, output to a pipe or a file is buffered in blocks.
// Called once.
void cprocess_buffer_lines(void);

// Writes what `stdout` and `stderr` still hold, and adds a line end to an unfinished line of `stdout`. Waits for threads
// that are writing.
void cprocess_flush_output(void);

// Does the same for `stdout`, unless a thread is writing to it.
void cprocess_try_flush_output(void);

// Locks `stdout`, so that a line that bypasses its buffer is not mixed with other threads' lines.
void cprocess_lock_output(void);
void cprocess_unlock_output(void);

// Runs the work of libdispatch's main queue, and so that of Swift's main actor, on the calling thread, which must be the
// first one of the process. Never returns.
_Noreturn void cprocess_serve_main_queue(void);

// Lets the C library give large pieces of memory back to the system when they are freed. By default it keeps them, and grows
// with the largest; buffers of spans that wait in an outage then leave gaps of twice their size. Called once.
void cprocess_configure_malloc(void);

// Notices forks from now on, see cprocess_is_forked. Called once.
void cprocess_watch_forks(void);

// Returns true in a copy of the process that the function's code has made by fork: it has one thread, and shares files and
// connections with the process.
bool cprocess_is_forked(void);

// Opens a descriptor that nobody uses, see cprocess_has_lost_descriptors. Called once.
void cprocess_watch_descriptors(void);

// Returns true if the function's code has closed that descriptor, and so probably all others.
bool cprocess_has_lost_descriptors(void);

// Opens descriptors that are never readable in place of the lost ones. Otherwise a new connection could get the number that
// libcurl still keeps for its wake-ups, and libcurl would discard the response as wake-ups.
void cprocess_occupy_descriptors(void);

// Ignores SIGPIPE again if the function's code has restored its default, which ends the process.
void cprocess_ignore_sigpipe(void);

// Returns true if the process was started with exactly this argument.
bool cprocess_has_only_argument(const char *argument);

// Returns the environment's entry with the given number, as in NAME=VALUE, or NULL after the last.
const char *cprocess_environment_entry(size_t number);

#endif
