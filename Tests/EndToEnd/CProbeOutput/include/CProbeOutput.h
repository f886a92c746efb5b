// Writes as C libraries do, and ends the process in the ways in which processes end.

#ifndef CPROBEOUTPUT_H
#define CPROBEOUTPUT_H

#include <stdbool.h>

// False when there is no such way.
bool cprobeoutput_perform(const char *way, const char *text);

#endif
