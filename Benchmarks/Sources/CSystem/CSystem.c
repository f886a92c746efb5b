// Functions that Swift's Glibc module omits, because it does not define _GNU_SOURCE.
#define _GNU_SOURCE
#include "CSystem.h"

#include <string.h>
#include <sys/socket.h>

const void *csystem_find(const void *bytes, size_t count, const void *wanted, size_t wanted_count) {
    return memmem(bytes, count, wanted, wanted_count);
}

int csystem_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_CLOEXEC); }

int csystem_poll(struct pollfd *entries, nfds_t count, int64_t nanoseconds) {
    struct timespec timeout = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    return ppoll(entries, count, &timeout, NULL);
}
