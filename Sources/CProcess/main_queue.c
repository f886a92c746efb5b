#include "CProcess.h"

#ifdef __linux__

#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

// libdispatch's interface for CoreFoundation's run loop: an event descriptor that is readable when the main queue has work,
// and the function that does it (https://github.com/swiftlang/swift-corelibs-libdispatch, private/private.h).
extern int _dispatch_get_main_queue_handle_4CF(void);
extern void _dispatch_main_queue_callback_4CF(void *message);

// The pause between two looks at a queue whose descriptor was closed, in microseconds.
enum { queue_pause = 10 * 1000 };

// Serves the queue until the function's code closes its descriptor, or puts another file in its place.
static void serve_by_descriptor(void) {
    struct pollfd handle = {.fd = _dispatch_get_main_queue_handle_4CF(), .events = POLLIN};
    struct stat opened, current;
    if (fstat(handle.fd, &opened) != 0) return;
    for (;;) {
        if (poll(&handle, 1, -1) != 1) continue;
        if (fstat(handle.fd, &current) != 0 || current.st_ino != opened.st_ino || current.st_dev != opened.st_dev) return;
        uint64_t count;
        // The descriptor does not block; an empty read means that the work was done before.
        ssize_t length = read(handle.fd, &count, sizeof count);
        (void)length;
        _dispatch_main_queue_callback_4CF(NULL);
    }
}

void cprocess_serve_main_queue(void) {
    serve_by_descriptor();
    fprintf(stderr, "error: the function's code has closed a descriptor of the runtime: the main actor is served every %d ms; "
                    "close only what the code has opened\n", queue_pause / 1000);
    for (;;) {
        usleep(queue_pause);
        _dispatch_main_queue_callback_4CF(NULL);
    }
}

#else

#include <dispatch/dispatch.h>

void cprocess_serve_main_queue(void) {
    dispatch_main();
}

#endif
