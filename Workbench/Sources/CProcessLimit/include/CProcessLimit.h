#ifndef CPROCESSLIMIT_H
#define CPROCESSLIMIT_H

#include <sys/types.h>

/// Limits the size of a process's writable private memory (setrlimit(2), RLIMIT_DATA). A C function because Swift's
/// Glibc module does not export prlimit(2), a GNU extension.
///
/// Returns 0, or -1 when the process has ended.
int process_limit_data(pid_t process, unsigned long long bytes);

#endif
