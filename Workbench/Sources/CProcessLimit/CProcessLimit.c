#define _GNU_SOURCE
#include "CProcessLimit.h"

#include <stddef.h>
#include <sys/resource.h>

int process_limit_data(pid_t process, unsigned long long bytes) {
    struct rlimit limit = {.rlim_cur = bytes, .rlim_max = bytes};
    return prlimit(process, RLIMIT_DATA, &limit, NULL);
}
