// CCurl needs no C code of its own; this file makes the module a target that Swift packages can link.
#include "CCurl.h"
