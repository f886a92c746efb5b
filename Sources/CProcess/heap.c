#include "CProcess.h"

#ifdef __GLIBC__

#include <malloc.h>

// The size from which a piece of memory is mapped by itself, and the free memory at the heap's end that is kept, in bytes.
enum { mapped_bytes = 1024 * 1024, kept_bytes = 4 * 1024 * 1024 };

void cprocess_configure_malloc(void) {
    mallopt(M_MMAP_THRESHOLD, mapped_bytes);
    mallopt(M_TRIM_THRESHOLD, kept_bytes);
}

#else

void cprocess_configure_malloc(void) {}

#endif
