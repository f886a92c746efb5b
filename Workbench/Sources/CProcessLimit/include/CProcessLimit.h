#ifndef CPROCESSLIMIT_H
#define CPROCESSLIMIT_H

#include <sys/types.h>

/// Limits the memory that a process can reserve to write to (setrlimit(2), RLIMIT_DATA). Swift does not see prlimit(2),
/// which only GNU's headers have.
///
/// Returns 0, or -1 when the process is gone.
int process_limit_data(pid_t process, unsigned long long bytes);

#endif
