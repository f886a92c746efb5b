#include "CProcess.h"

#include <string.h>

extern char **environ;

static int argument_count;
static char **arguments;

// The C library passes the arguments to constructors. Swift reads them from /proc, which would slow down each start.
__attribute__((constructor)) static void keep_arguments(int count, char **values) {
    argument_count = count;
    arguments = values;
}

bool cprocess_has_only_argument(const char *argument) {
    return argument_count == 2 && strcmp(arguments[1], argument) == 0;
}

const char *cprocess_environment_entry(size_t number) {
    return environ == NULL ? NULL : environ[number];
}
