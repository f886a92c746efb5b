// Writes as C libraries do, and ends the process in the ways in which processes end.

#ifndef CPROBEOUTPUT_H
#define CPROBEOUTPUT_H

#include <stdbool.h>

// False when there is no such way.
bool cprobeoutput_perform(const char *way, const char *text);

// Does to the process what code of a function can do to it, and that a runtime must survive or report: closes its
// descriptors, changes its signals, forks, replaces the program. False when there is no such way.
bool cprobeoutput_misbehave(const char *way);

// Returns what a shell's child process prints for a command, in a buffer that the next call reuses; NULL if it cannot run.
const char *cprobeoutput_run(const char *command);

#endif
