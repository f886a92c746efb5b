#include "CProcess.h"

#ifdef __linux__

#include <errno.h>
#include <poll.h>
#include <unistd.h>

// libdispatch's interface for CoreFoundation's run loop: an event descriptor that is readable when the main queue has work,
// and the function that does it (https://github.com/swiftlang/swift-corelibs-libdispatch, private/private.h).
extern int _dispatch_get_main_queue_handle_4CF(void);
extern void _dispatch_main_queue_callback_4CF(void *message);

void cprocess_serve_main_queue(void) {
    struct pollfd handle = {.fd = _dispatch_get_main_queue_handle_4CF(), .events = POLLIN};
    for (;;) {
        if (poll(&handle, 1, -1) != 1) continue;
        // The function's code has closed the descriptor; the process ends after the invocation.
        if (handle.revents & POLLNVAL) pause();
        uint64_t count;
        // The descriptor does not block; an empty read means that the work was done before.
        ssize_t length = read(handle.fd, &count, sizeof count);
        (void)length;
        _dispatch_main_queue_callback_4CF(NULL);
    }
}

#else

#include <dispatch/dispatch.h>

void cprocess_serve_main_queue(void) {
    dispatch_main();
}

#endif
