#include "CProcess.h"

extern char **environ;

const char *cprocess_environment_entry(size_t number) {
    return environ == NULL ? NULL : environ[number];
}
