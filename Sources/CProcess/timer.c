#include "CProcess.h"

#include <errno.h>
#include <unistd.h>

#ifdef __linux__

#include <sys/timerfd.h>

int cprocess_timer_create(void) {
    return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
}

void cprocess_timer_set(int timer, uint64_t nanoseconds) {
    const uint64_t second = 1000000000;
    struct itimerspec time = {.it_value = {.tv_sec = (time_t)(nanoseconds / second), .tv_nsec = (long)(nanoseconds % second)}};
    timerfd_settime(timer, 0, &time, NULL);
}

bool cprocess_timer_wait(int timer) {
    uint64_t count;
    ssize_t length;
    do length = read(timer, &count, sizeof count);
    while (length < 0 && errno == EINTR);
    return length == sizeof count;
}

#else

#include <fcntl.h>
#include <sys/event.h>

// A kqueue with one timer, for tests on macOS.
int cprocess_timer_create(void) {
    int queue = kqueue();
    if (queue >= 0) fcntl(queue, F_SETFD, FD_CLOEXEC);
    return queue;
}

void cprocess_timer_set(int timer, uint64_t nanoseconds) {
    struct kevent change;
    if (nanoseconds == 0) {
        EV_SET(&change, 1, EVFILT_TIMER, EV_DELETE, 0, 0, NULL);
    } else {
        EV_SET(&change, 1, EVFILT_TIMER, EV_ADD | EV_ONESHOT, NOTE_NSECONDS, (intptr_t)nanoseconds, NULL);
    }
    kevent(timer, &change, 1, NULL, 0, NULL);
}

bool cprocess_timer_wait(int timer) {
    struct kevent event;
    int count;
    do count = kevent(timer, NULL, 0, &event, 1, NULL);
    while (count < 0 && errno == EINTR);
    return count == 1;
}

#endif
