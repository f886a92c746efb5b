#include "ThreadSanitizerMutex.h"

// The thread sanitizer sees uncontended locks of Swift's `Mutex`, because that code is inlined into the users of the
// module Synchronization. Contended locks are handled inside the library, which is not instrumented, so that on Linux
// the sanitizer reports a race for the next access. These two functions replace the library's and notify the sanitizer.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

// `Synchronization._MutexHandle._lockSlow(_: UInt32)` and `._unlockSlow()`.
#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SELF __attribute__((swift_context)) const void *

typedef __attribute__((swiftcall)) void LockSlow(uint32_t, SELF);
typedef __attribute__((swiftcall)) void UnlockSlow(SELF);

void __tsan_acquire(const void *address);
void __tsan_release(const void *address);

LockSlow threadSanitizerLockSlow __asm__(LOCK_SLOW);
UnlockSlow threadSanitizerUnlockSlow __asm__(UNLOCK_SLOW);

static void *libraryFunction(const char *name) {
    void *function = dlsym(RTLD_NEXT, name);
    if (!function) {
        fprintf(stderr, "this Swift's Synchronization has no %s\n", name);
        abort();
    }
    return function;
}

__attribute__((swiftcall)) void threadSanitizerLockSlow(uint32_t thread, SELF mutex) {
    ((LockSlow *)libraryFunction(LOCK_SLOW))(thread, mutex);
    __tsan_acquire(mutex);
}

__attribute__((swiftcall)) void threadSanitizerUnlockSlow(SELF mutex) {
    UnlockSlow *unlockSlow = (UnlockSlow *)libraryFunction(UNLOCK_SLOW);
    __tsan_release(mutex);
    unlockSlow(mutex);
}

#endif
#endif
