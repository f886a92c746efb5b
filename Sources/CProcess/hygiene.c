#include "CProcess.h"

#include <pthread.h>
#include <signal.h>

#ifdef __linux__

#include <sys/eventfd.h>
#include <sys/stat.h>

static int sentinel = -1;
static struct stat sentinel_status;

void cprocess_watch_descriptors(void) {
    sentinel = eventfd(0, EFD_CLOEXEC);
    if (sentinel >= 0) fstat(sentinel, &sentinel_status);
}

bool cprocess_has_lost_descriptors(void) {
    if (sentinel < 0) return false;
    struct stat status;
    return fstat(sentinel, &status) != 0 || status.st_ino != sentinel_status.st_ino || status.st_dev != sentinel_status.st_dev;
}

#else

void cprocess_watch_descriptors(void) {}

bool cprocess_has_lost_descriptors(void) {
    return false;
}

#endif

static volatile sig_atomic_t is_forked;

static void note_fork(void) {
    is_forked = 1;
}

void cprocess_watch_forks(void) {
    pthread_atfork(NULL, NULL, note_fork);
}

bool cprocess_is_forked(void) {
    return is_forked != 0;
}

void cprocess_ignore_sigpipe(void) {
    struct sigaction action;
    if (sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL) signal(SIGPIPE, SIG_IGN);
}
