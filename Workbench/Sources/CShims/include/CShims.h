#ifndef CSHIMS_H
#define CSHIMS_H

#include <stddef.h>
#include <sys/types.h>
#include <zlib.h>

// System calls that Swift's Glibc module does not export, as they are GNU extensions.

/// Limits the size of a process's writable private memory (setrlimit(2), RLIMIT_DATA).
///
/// Returns 0, or -1 when the process has ended.
int process_limit_data(pid_t process, unsigned long long bytes);

/// Makes this process the new parent of orphaned descendants (prctl(2), PR_SET_CHILD_SUBREAPER).
///
/// Returns 0, or -1.
int process_adopt_orphans(void);

/// Opens a pipe that child processes do not inherit; its read end comes first. Returns 0, or -1.
int process_open_pipe(int ends[2]);

/// Starts a program, resolved in PATH, with the standard streams of this process. Returns its process ID, or -1.
pid_t process_spawn(char *const command[]);

/// Starts a program in a session of its own, with a descriptor as its standard input and its output discarded.
/// Returns its process ID, or -1.
pid_t process_spawn_reader(char *const command[], int input);

/// A file that is part of the executable. Name and bytes live as long as the process.
struct embedded_file {
    const char *name;
    const unsigned char *bytes;
    size_t count;
};

/// Returns a file of the viewer's page; NULL when there is none of that name.
const struct embedded_file *embedded_viewer_file(const char *name);

/// Returns a file of a new package; NULL when there is none of that name.
const struct embedded_file *embedded_template(const char *name);

#endif
