#include "CProcess.h"

#include <pthread.h>
#include <signal.h>

#ifdef __linux__

#include <fcntl.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/stat.h>

static int sentinel = -1;
static struct stat sentinel_status;
// All event descriptors have one inode: the sentinel's number, once occupied, shows nothing.
static atomic_bool is_occupied;

void cprocess_watch_descriptors(void) {
    sentinel = eventfd(0, EFD_CLOEXEC);
    if (sentinel >= 0) fstat(sentinel, &sentinel_status);
}

bool cprocess_has_lost_descriptors(void) {
    if (sentinel < 0) return false;
    if (atomic_load(&is_occupied)) return true;
    struct stat status;
    return fstat(sentinel, &status) != 0 || status.st_ino != sentinel_status.st_ino || status.st_dev != sentinel_status.st_dev;
}

// Lambda allows 1024, and a function uses a few dozen.
enum { first_standard_free = 3, occupied_count = 256 };

void cprocess_occupy_descriptors(void) {
    atomic_store(&is_occupied, true);
    int filler = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    while (filler >= 0 && filler < occupied_count) filler = fcntl(filler, F_DUPFD_CLOEXEC, first_standard_free);
}

#else

void cprocess_watch_descriptors(void) {}

void cprocess_occupy_descriptors(void) {}

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
