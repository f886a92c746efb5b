// The floor of `./build.sh bench`: the minimum that a function on libcurl can do. It requests an event, responds with
// the same bytes, and repeats, as AWS's C++ runtime does: one easy handle, one kept-alive connection, no tracing.
//
// With FLOOR_DELIVERS=BYTES it posts that many constant bytes to HH_API_URL before each response: the minimum of a
// function whose spans are delivered before the response.
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct bytes {
    char *start;
    size_t count, capacity;
};

static char base[256];
static char request_id[128];

static size_t append(char *data, size_t size, size_t count, void *context) {
    struct bytes *bytes = context;
    size_t added = size * count;
    if (bytes->count + added > bytes->capacity) {
        size_t capacity = bytes->capacity * 2 > bytes->count + added ? bytes->capacity * 2 : bytes->count + added;
        char *start = realloc(bytes->start, capacity);
        if (start == NULL) return 0;
        bytes->start = start;
        bytes->capacity = capacity;
    }
    memcpy(bytes->start + bytes->count, data, added);
    bytes->count += added;
    return added;
}

static size_t ignore(char *data, size_t size, size_t count, void *context) {
    (void)data;
    (void)context;
    return size * count;
}

static size_t read_header(char *line, size_t size, size_t count, void *context) {
    static const char name[] = "Lambda-Runtime-Aws-Request-Id:";
    size_t length = size * count, skipped = sizeof name - 1;
    (void)context;
    if (length <= skipped || strncasecmp(line, name, skipped) != 0) return length;
    while (skipped < length && line[skipped] == ' ') skipped++;
    size_t end = length;
    while (end > skipped && (line[end - 1] == '\r' || line[end - 1] == '\n')) end--;
    if (end - skipped >= sizeof request_id) return 0;
    memcpy(request_id, line + skipped, end - skipped);
    request_id[end - skipped] = 0;
    return length;
}

static void prepare(CURL *curl, const char *url) {
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
}

// Sends the prepared request and returns true if the response has the wanted status.
static bool perform(CURL *curl, long wanted) {
    long status = 0;
    CURLcode result = curl_easy_perform(curl);
    if (result != CURLE_OK) {
        fprintf(stderr, "floor: %s\n", curl_easy_strerror(result));
        return false;
    }
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return status == wanted;
}

static bool ask(CURL *curl, struct bytes *event) {
    char url[512];
    snprintf(url, sizeof url, "%s/next", base);
    prepare(curl, url);
    event->count = 0;
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 0L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, event);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, read_header);
    return perform(curl, 200);
}

static bool post(CURL *curl, const char *url, const char *body, size_t count, long wanted) {
    prepare(curl, url);
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    headers = curl_slist_append(headers, "Expect:");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
    bool accepted = perform(curl, wanted);
    curl_slist_free_all(headers);
    return accepted;
}

static bool answer(CURL *curl, const struct bytes *event) {
    char url[512];
    snprintf(url, sizeof url, "%s/%s/response", base, request_id);
    return post(curl, url, event->start, event->count, 202);
}

// The content, destination and connection of a delivery; there is none if the handle is null.
struct delivery {
    CURL *curl;
    char url[512];
    struct bytes body;
};

static bool plan(struct delivery *delivery) {
    const char *bytes = getenv("FLOOR_DELIVERS"), *server = getenv("HH_API_URL");
    if (bytes == NULL) return true;
    delivery->body.count = strtoul(bytes, NULL, 10);
    delivery->body.start = calloc(delivery->body.count + 1, 1);
    delivery->curl = curl_easy_init();
    if (server == NULL || delivery->curl == NULL || delivery->body.start == NULL) return false;
    memset(delivery->body.start, ' ', delivery->body.count);
    snprintf(delivery->url, sizeof delivery->url, "%s/opentelemetry/v1/traces", server);
    return true;
}

static bool deliver(struct delivery *delivery) {
    return delivery->curl == NULL ||
           post(delivery->curl, delivery->url, delivery->body.start, delivery->body.count, 200);
}

int main(void) {
    const char *address = getenv("AWS_LAMBDA_RUNTIME_API");
    if (address == NULL) return 1;
    snprintf(base, sizeof base, "http://%s/2018-06-01/runtime/invocation", address);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURL *curl = curl_easy_init();
    struct bytes event = {malloc(4096), 0, 4096};
    struct delivery delivery = {NULL, "", {NULL, 0, 0}};
    if (curl == NULL || event.start == NULL || !plan(&delivery)) return 1;
    while (ask(curl, &event) && deliver(&delivery) && answer(curl, &event)) {
    }
    return 1;
}
