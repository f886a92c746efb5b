// The only file that includes libcurl. Swift cannot call variadic C functions, so each kind of option has a function of
// fixed arity here. Nothing else belongs in this file.

#ifndef CCURL_H
#define CCURL_H

#include <curl/curl.h>

typedef size_t (*CCurlDataCallback)(char *bytes, size_t size, size_t count, void *context);
typedef int (*CCurlTrailerCallback)(struct curl_slist **trailers, void *context);

static inline CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_callback(CURL *handle, CURLoption option, CCurlDataCallback value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_trailer_callback(CURL *handle, CURLoption option, CCurlTrailerCallback value) {
    return curl_easy_setopt(handle, option, value);
}

typedef int (*CCurlSeekCallback)(void *context, curl_off_t offset, int origin);

static inline CURLcode ccurl_set_seek_callback(CURL *handle, CURLoption option, CCurlSeekCallback value) {
    return curl_easy_setopt(handle, option, value);
}

typedef curl_socket_t (*CCurlSocketCallback)(void *context, curlsocktype purpose, struct curl_sockaddr *address);

static inline CURLcode ccurl_set_socket_callback(CURL *handle, CCurlSocketCallback value) {
    return curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, value);
}

// Opens a socket that a child process of the function does not inherit.
curl_socket_t ccurl_open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address);

static inline CURLcode ccurl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode ccurl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

// Returns the result of the one transfer of a multi handle. Swift cannot read the union in CURLMsg.
static inline CURLcode ccurl_take_result(CURLM *driver) {
    int waiting = 0;
    CURLcode result = CURLE_FAILED_INIT;
    CURLMsg *message;
    while ((message = curl_multi_info_read(driver, &waiting)) != NULL) {
        if (message->msg == CURLMSG_DONE) result = message->data.result;
    }
    return result;
}

static inline CURLMcode ccurl_set_multi_long(CURLM *driver, CURLMoption option, long value) {
    return curl_multi_setopt(driver, option, value);
}

static inline CURLMcode ccurl_set_socket_function(CURLM *driver, curl_socket_callback value, void *context) {
    curl_multi_setopt(driver, CURLMOPT_SOCKETDATA, context);
    return curl_multi_setopt(driver, CURLMOPT_SOCKETFUNCTION, value);
}

static inline CURLMcode ccurl_set_timer_function(CURLM *driver, curl_multi_timer_callback value, void *context) {
    curl_multi_setopt(driver, CURLMOPT_TIMERDATA, context);
    return curl_multi_setopt(driver, CURLMOPT_TIMERFUNCTION, value);
}

// Takes the next finished transfer of a multi handle, by its CURLOPT_PRIVATE; false if there is none.
static inline _Bool ccurl_take_finished(CURLM *driver, void **context, CURLcode *result) {
    int waiting = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(driver, &waiting)) != NULL) {
        if (message->msg != CURLMSG_DONE) continue;
        *result = message->data.result;
        return curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)context) == CURLE_OK;
    }
    return 0;
}

#endif
