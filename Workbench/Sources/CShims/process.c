#define _GNU_SOURCE
#include "CShims.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

extern char **environ;

int process_limit_data(pid_t process, unsigned long long bytes) {
    struct rlimit limit = {.rlim_cur = bytes, .rlim_max = bytes};
    return prlimit(process, RLIMIT_DATA, &limit, NULL);
}

int process_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

int process_open_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

static pid_t spawn(char *const command[], const posix_spawn_file_actions_t *files, short flags) {
    posix_spawnattr_t attributes;
    sigset_t signals;
    pid_t process = -1;
    if (posix_spawnattr_init(&attributes) != 0) return -1;
    // This program ignores signals that a new program must not ignore.
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes, &signals);
    posix_spawnattr_setflags(&attributes, flags | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    if (posix_spawnp(&process, command[0], files, &attributes, command, environ) != 0) process = -1;
    posix_spawnattr_destroy(&attributes);
    return process;
}

pid_t process_spawn(char *const command[]) { return spawn(command, NULL, 0); }

pid_t process_spawn_reader(char *const command[], int input) {
    posix_spawn_file_actions_t files;
    if (posix_spawn_file_actions_init(&files) != 0) return -1;
    posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t process = spawn(command, &files, POSIX_SPAWN_SETSID);
    posix_spawn_file_actions_destroy(&files);
    return process;
}
