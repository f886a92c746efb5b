#include "CProcess.h"

#include <pthread.h>
#include <signal.h>

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
