#include "CProcess.h"

#include <stdio.h>

#ifdef __linux__
#include <stdio_ext.h>

static bool holds_bytes(FILE *stream) {
    return __fpending(stream) > 0;
}

// If a C library has switched to block buffering, the last buffered line may be complete.
static bool holds_part_of_a_line(void) {
    return holds_bytes(stdout) && __flbf(stdout);
}
#else
static bool holds_bytes(FILE *stream) {
    (void)stream;
    return true;
}

// Unknown without access to the C library's internal structures.
static bool holds_part_of_a_line(void) {
    return false;
}
#endif

void cprocess_buffer_lines(void) {
    // Without a buffer argument, glibc ignores the size and uses 4,096 bytes for a pipe.
    static char buffer[CPROCESS_LINE_BUFFER_BYTES];
    // A program with its own `main` may have written something already.
    fflush(stdout);
    setvbuf(stdout, buffer, _IOLBF, sizeof buffer);
}

static void flush_locked_output(void) {
    if (holds_part_of_a_line()) putc_unlocked('\n', stdout);
    fflush(stdout);
}

void cprocess_flush_output(void) {
    if (holds_bytes(stdout)) {
        flockfile(stdout);
        flush_locked_output();
        funlockfile(stdout);
    }
    if (holds_bytes(stderr)) fflush(stderr);
}

void cprocess_try_flush_output(void) {
    if (ftrylockfile(stdout) != 0) return;
    flush_locked_output();
    funlockfile(stdout);
}

void cprocess_lock_output(void) {
    flockfile(stdout);
}

void cprocess_unlock_output(void) {
    funlockfile(stdout);
}
