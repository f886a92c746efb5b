#include "ThreadSanitizerMutex.h"

// The thread sanitizer sees how `Mutex` of Swift's module Synchronization is locked and unlocked without contention, for that
// part is compiled into its users. With contention both happen inside the library, which is not instrumented, and on Linux the
// sanitizer then takes the next access for a race. So those two functions go through here, and the sanitizer is told.
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
