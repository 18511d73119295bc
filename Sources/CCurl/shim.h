// libcurl. Swift cannot call C variadics, nor read the union in CURLMsg: one typed inline function for each use.
#ifndef COINTAPE_CCURL_SHIM_H
#define COINTAPE_CCURL_SHIM_H

#include <curl/curl.h>

typedef size_t (*cointape_curl_data_callback)(char *data, size_t size, size_t count, void *context);

static inline CURLcode cointape_curl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode cointape_curl_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode cointape_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode cointape_curl_set_headers(CURL *easy, struct curl_slist *headers) {
    return curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
}

// Copies the bytes.
static inline CURLcode cointape_curl_set_body(CURL *easy, const void *bytes, size_t count) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
    return code == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, bytes) : code;
}

static inline CURLcode cointape_curl_set_callback(CURL *easy, CURLoption option, cointape_curl_data_callback callback) {
    return curl_easy_setopt(easy, option, callback);
}

static inline CURLcode cointape_curl_get_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode cointape_curl_get_string(CURL *easy, CURLINFO info, char **value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode cointape_curl_get_pointer(CURL *easy, CURLINFO info, void **value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLMcode cointape_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

static inline CURLcode cointape_curl_message_result(const CURLMsg *message) {
    return message->data.result;
}

#endif
