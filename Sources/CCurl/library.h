#ifndef CCURL_LIBRARY_H
#define CCURL_LIBRARY_H

#include <curl/curl.h>

// libcurl's headers make macros of some of these names, hence the pointers' own.
typedef struct {
  CURL *(*easy_create)(void);
  void (*easy_destroy)(CURL *);
  void (*easy_clear)(CURL *);
  CURLcode (*set)(CURL *, CURLoption, ...);
  CURLcode (*get)(CURL *, CURLINFO, ...);
  const char *(*error_text)(CURLcode);
  CURLM *(*multi_create)(void);
  CURLMcode (*multi_destroy)(CURLM *);
  CURLMcode (*add)(CURLM *, CURL *);
  CURLMcode (*remove)(CURLM *, CURL *);
  CURLMcode (*perform)(CURLM *, int *);
  CURLMcode (*wait)(CURLM *, struct curl_waitfd *, unsigned int, int, int *);
  CURLMcode (*wake)(CURLM *);
  CURLMsg *(*read_message)(CURLM *, int *);
  curl_mime *(*mime_create)(CURL *);
  void (*mime_destroy)(curl_mime *);
  curl_mimepart *(*part_add)(curl_mime *);
  CURLcode (*part_name)(curl_mimepart *, const char *);
  CURLcode (*part_data)(curl_mimepart *, const char *, size_t);
  CURLcode (*part_callbacks)(curl_mimepart *, curl_off_t, curl_read_callback, curl_seek_callback,
                             curl_free_callback, void *);
  CURLcode (*part_file_name)(curl_mimepart *, const char *);
  CURLcode (*part_type)(curl_mimepart *, const char *);
  struct curl_slist *(*list_append)(struct curl_slist *, const char *);
  void (*list_destroy)(struct curl_slist *);
} cc_library;

/// The functions of libcurl, or NULL where there is none that is recent enough.
const cc_library *cc_library_get(void);

#endif
