// The server of the rows `calls` of `./build.sh bench`, and the calls in C that the function's own are compared with.
//
//   calls serve               prints its port, and answers: /events with 1,000 server-sent events, one every 200 µs, anything
//                             else with 256 bytes
//   calls warm URL COUNT      one blocking call after the other, on one connection
//   calls parallel URL COUNT  64 calls at once, by the multi interface
//   calls events URL COUNT    one stream of events after the other, whose lines are counted
//
// Prints the number of calls or events, the processor time and the wall time in microseconds.
#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { parallel_count = 64, body_bytes = 256, event_count = 1000, event_pause_microseconds = 200 };

static int send_all(int peer, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t sent = send(peer, bytes, count, MSG_NOSIGNAL);
        if (sent <= 0) return 0;
        bytes += sent;
        count -= (size_t)sent;
    }
    return 1;
}

static int send_events(int peer) {
    static const char head[] =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    char data[256], chunk[320];
    if (!send_all(peer, head, sizeof head - 1)) return 0;
    for (int number = 0; number < event_count; number++) {
        int length = snprintf(data, sizeof data,
                              "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,"
                              "\"delta\":{\"content\":\" word%d\"},\"finish_reason\":null}]}\n\n",
                              number);
        int total = snprintf(chunk, sizeof chunk, "%x\r\n%s\r\n", (unsigned)length, data);
        if (!send_all(peer, chunk, (size_t)total)) return 0;
        usleep(event_pause_microseconds);
    }
    return send_all(peer, "0\r\n\r\n", 5);
}

static void *serve_connection(void *context) {
    int peer = (int)(long)context, one = 1;
    setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    char request[8192], answer[512];
    size_t used = 0;
    int head = snprintf(answer, sizeof answer,
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
                        "Server: calls\r\nContent-Length: %d\r\n\r\n",
                        body_bytes);
    memset(answer + head, 'x', sizeof answer - (size_t)head < body_bytes ? sizeof answer - (size_t)head : body_bytes);
    for (;;) {
        ssize_t count = recv(peer, request + used, sizeof request - 1 - used, 0);
        if (count <= 0) break;
        used += (size_t)count;
        request[used] = 0;
        if (strstr(request, "\r\n\r\n") == NULL) continue;
        used = 0;
        if (strncmp(request, "GET /events ", 12) == 0) {
            if (!send_events(peer)) break;
        } else if (!send_all(peer, answer, (size_t)head + body_bytes)) {
            break;
        }
    }
    close(peer);
    return NULL;
}

static int serve(void) {
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 256) != 0) return 1;
    if (getsockname(listener, (struct sockaddr *)&address, &length) != 0) return 1;
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        int peer = accept(listener, NULL, NULL);
        pthread_t thread;
        if (peer >= 0 && pthread_create(&thread, NULL, serve_connection, (void *)(long)peer) == 0) pthread_detach(thread);
    }
}

static size_t total;

static size_t count_bytes(char *data, size_t size, size_t count, void *context) {
    (void)data;
    (void)context;
    total += size * count;
    return size * count;
}

static size_t count_lines(char *data, size_t size, size_t count, void *context) {
    (void)context;
    for (const char *end = data + size * count; (data = memchr(data, '\n', (size_t)(end - data))) != NULL; data++) total++;
    return size * count;
}

// The header fields that a traced call has, too.
static CURL *prepare(const char *url, curl_write_callback receive) {
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "User-Agent: swift-traced-lambda");
    headers = curl_slist_append(headers, "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 30000L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
    return curl;
}

static int warm(const char *url, int count) {
    CURL *curl = prepare(url, count_bytes);
    for (int call = 0; call < count; call++) {
        if (curl_easy_perform(curl) != CURLE_OK) return 1;
    }
    return 0;
}

static int events(const char *url, int count) {
    CURL *curl = prepare(url, count_lines);
    total = 0;
    for (int stream = 0; stream < count; stream++) {
        if (curl_easy_perform(curl) != CURLE_OK) return 1;
    }
    // A line of data and an empty one each.
    return total == 2 * (size_t)event_count * (size_t)count ? 0 : 1;
}

static int parallel(const char *url, int count) {
    CURLM *multi = curl_multi_init();
    int started = 0, done = 0, running = 0, waiting = 0;
    for (; started < parallel_count && started < count; started++) curl_multi_add_handle(multi, prepare(url, count_bytes));
    while (done < count) {
        if (curl_multi_perform(multi, &running) != CURLM_OK) return 1;
        CURLMsg *message;
        while ((message = curl_multi_info_read(multi, &waiting)) != NULL) {
            if (message->msg != CURLMSG_DONE) continue;
            if (message->data.result != CURLE_OK) return 1;
            CURL *curl = message->easy_handle;
            done++;
            curl_multi_remove_handle(multi, curl);
            if (started < count) {
                curl_multi_add_handle(multi, curl);
                started++;
                running++;
            }
        }
        if (done < count && curl_multi_poll(multi, NULL, 0, running > 0 ? 1000 : 0, NULL) != CURLM_OK) return 1;
    }
    return 0;
}

static long microseconds(struct timeval time) { return time.tv_sec * 1000000L + time.tv_usec; }

int main(int count, char **arguments) {
    signal(SIGPIPE, SIG_IGN);
    if (count == 2 && strcmp(arguments[1], "serve") == 0) return serve();
    if (count != 4) return 2;
    int calls = atoi(arguments[3]);
    int (*run)(const char *, int) = strcmp(arguments[1], "parallel") == 0 ? parallel
                                    : strcmp(arguments[1], "events") == 0 ? events
                                                                          : warm;
    // The first calls open the connections.
    curl_global_init(CURL_GLOBAL_DEFAULT);
    if (run == warm && run(arguments[2], 1) != 0) return 1;
    struct timespec start, end;
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    clock_gettime(CLOCK_MONOTONIC, &start);
    if (run(arguments[2], calls) != 0) return 1;
    clock_gettime(CLOCK_MONOTONIC, &end);
    getrusage(RUSAGE_SELF, &after);
    long processor = microseconds(after.ru_utime) + microseconds(after.ru_stime) - microseconds(before.ru_utime) -
                     microseconds(before.ru_stime);
    long wall = (end.tv_sec - start.tv_sec) * 1000000L + (end.tv_nsec - start.tv_nsec) / 1000;
    printf("%d %ld %ld\n", run == events ? calls * event_count : calls, processor, wall);
    return 0;
}
