#include "CCurl.h"

#include <curl/curl.h>
#include <dlfcn.h>

const char *cc_version(void) {
  void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return NULL;
  char *(*version)(void) = (char *(*)(void))dlsym(library, "curl_version");
  return version == NULL ? NULL : version();
}
