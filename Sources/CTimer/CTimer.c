#include "CTimer.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

int ctimer_create(void) {
    return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
}

void ctimer_set(int timer, uint64_t nanoseconds) {
    const uint64_t second = 1000000000;
    struct itimerspec time = {.it_value = {.tv_sec = (time_t)(nanoseconds / second), .tv_nsec = (long)(nanoseconds % second)}};
    timerfd_settime(timer, 0, &time, NULL);
}

bool ctimer_wait(int timer) {
    uint64_t count;
    ssize_t length;
    do length = read(timer, &count, sizeof count);
    while (length < 0 && errno == EINTR);
    return length == sizeof count;
}
