// Loads libcurl when it is needed: linking it would slow down every start of the program.

#include "library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

#include "CCurl.h"

// CURLOPT_PROTOCOLS_STR came with it.
#define OLDEST 0x075500

static pthread_once_t once = PTHREAD_ONCE_INIT;
static cc_library library;
static const char *version;

typedef struct {
  const char *name;
  size_t place;
} symbol;

#define SYMBOL(field, name) {name, offsetof(cc_library, field)}

static const symbol symbols[] = {
    SYMBOL(easy_create, "curl_easy_init"),
    SYMBOL(easy_destroy, "curl_easy_cleanup"),
    SYMBOL(easy_clear, "curl_easy_reset"),
    SYMBOL(set, "curl_easy_setopt"),
    SYMBOL(get, "curl_easy_getinfo"),
    SYMBOL(error_text, "curl_easy_strerror"),
    SYMBOL(multi_create, "curl_multi_init"),
    SYMBOL(multi_destroy, "curl_multi_cleanup"),
    SYMBOL(add, "curl_multi_add_handle"),
    SYMBOL(remove, "curl_multi_remove_handle"),
    SYMBOL(perform, "curl_multi_perform"),
    SYMBOL(wait, "curl_multi_poll"),
    SYMBOL(wake, "curl_multi_wakeup"),
    SYMBOL(read_message, "curl_multi_info_read"),
    SYMBOL(mime_create, "curl_mime_init"),
    SYMBOL(mime_destroy, "curl_mime_free"),
    SYMBOL(part_add, "curl_mime_addpart"),
    SYMBOL(part_name, "curl_mime_name"),
    SYMBOL(part_data, "curl_mime_data"),
    SYMBOL(part_callbacks, "curl_mime_data_cb"),
    SYMBOL(part_file_name, "curl_mime_filename"),
    SYMBOL(part_type, "curl_mime_type"),
    SYMBOL(list_append, "curl_slist_append"),
    SYMBOL(list_destroy, "curl_slist_free_all"),
};

static int load_from(const char *name) {
  // Never closed, since libcurl keeps threads and handlers of its own.
  void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) return 0;
  for (size_t index = 0; index < sizeof symbols / sizeof *symbols; index++) {
    void *address = dlsym(handle, symbols[index].name);
    if (address == NULL) return 0;
    *(void **)((char *)&library + symbols[index].place) = address;
  }
  CURLcode (*start)(long) = (CURLcode(*)(long))dlsym(handle, "curl_global_init");
  char *(*text)(void) = (char *(*)(void))dlsym(handle, "curl_version");
  curl_version_info_data *(*facts)(CURLversion) =
      (curl_version_info_data * (*)(CURLversion)) dlsym(handle, "curl_version_info");
  if (start == NULL || text == NULL || facts == NULL) return 0;
  if (start(CURL_GLOBAL_DEFAULT) != CURLE_OK) return 0;
  curl_version_info_data *known = facts(CURLVERSION_NOW);
  if (known == NULL || known->version_num < OLDEST) return 0;
  version = text();
  return 1;
}

static void load(void) {
  // The second has the same functions with another TLS library; it is installed with git.
  if (!load_from("libcurl.so.4")) load_from("libcurl-gnutls.so.4");
}

const cc_library *cc_library_get(void) {
  pthread_once(&once, load);
  return version == NULL ? NULL : &library;
}

const char *cc_version(void) {
  cc_library_get();
  return version;
}
