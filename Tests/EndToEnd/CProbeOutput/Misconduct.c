#include "CProbeOutput.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { last_descriptor = 1024, output_bytes = 16 * 1024 };

static void close_descriptors(void) {
    for (int descriptor = 3; descriptor < last_descriptor; ++descriptor) close(descriptor);
}

// Another file takes the number of each descriptor that was closed.
static void replace_descriptors(void) {
    for (int descriptor = 3; descriptor < last_descriptor; ++descriptor) {
        if (close(descriptor) == 0) open("/dev/null", O_RDWR);
    }
}

static void exhaust_descriptors(void) {
    // Few, so that it takes less time than the runtime waits before it opens a connection.
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = 256;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    while (open("/dev/null", O_RDWR) >= 0) continue;
}

static void free_descriptors(void) {
    for (int descriptor = 64; descriptor < last_descriptor; ++descriptor) close(descriptor);
}

static void change_signals(void) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGCHLD, SIG_IGN);
}

bool cprobeoutput_misbehave(const char *way) {
    if (strcmp(way, "close") == 0) close_descriptors();
    else if (strcmp(way, "replace") == 0) replace_descriptors();
    else if (strcmp(way, "exhaust") == 0) exhaust_descriptors();
    else if (strcmp(way, "free") == 0) free_descriptors();
    else if (strcmp(way, "signals") == 0) change_signals();
    // The copy goes on with the handler, as the process does.
    else if (strcmp(way, "fork") == 0) fork();
    else if (strcmp(way, "fork-exit") == 0) { if (fork() == 0) exit(0); }
    else if (strcmp(way, "exec") == 0) execl("/bin/true", "true", (char *)NULL);
    else return false;
    return true;
}

const char *cprobeoutput_run(const char *command) {
    static char output[output_bytes];
    FILE *pipe = popen(command, "r");
    if (pipe == NULL) return NULL;
    size_t length = fread(output, 1, sizeof output - 1, pipe);
    output[length] = 0;
    pclose(pipe);
    return output;
}
