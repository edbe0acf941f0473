#include "CLCMS.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

// The library's own handles and numbers, by its documentation.
typedef void *profile_handle;
typedef void *transform_handle;

#define INTENT_RELATIVE 1u
#define WITHOUT_CACHE 0x0040u
#define BLACK_POINT_COMPENSATION 0x2000u
#define COPY_ALPHA 0x04000000u

static struct {
  profile_handle (*open)(const void *bytes, uint32_t size);
  int (*close)(profile_handle profile);
  transform_handle (*create)(
      profile_handle from, uint32_t from_format, profile_handle to, uint32_t to_format, uint32_t intent,
      uint32_t flags);
  void (*convert)(transform_handle transform, const void *from, void *to, uint32_t count);
  void (*destroy)(transform_handle transform);
} library;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int is_loaded;

static void load(void) {
  // Never closed: the process needs it again or ends.
  void *handle = dlopen("liblcms2.so.2", RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) return;
  const struct {
    const char *name;
    void *place;
  } symbols[] = {
      {"cmsOpenProfileFromMem", &library.open}, {"cmsCloseProfile", &library.close},
      {"cmsCreateTransform", &library.create},  {"cmsDoTransform", &library.convert},
      {"cmsDeleteTransform", &library.destroy},
  };
  for (size_t index = 0; index < sizeof symbols / sizeof *symbols; index++) {
    void *address = dlsym(handle, symbols[index].name);
    if (address == NULL) return;
    *(void **)symbols[index].place = address;
  }
  is_loaded = 1;
}

int32_t cl_load(void) {
  pthread_once(&once, load);
  return is_loaded;
}

struct cl_transform {
  transform_handle handle;
};

/// The library's number for a format of pixels.
static uint32_t format(cl_pixels pixels) {
  return (uint32_t)pixels.space << 16 | (pixels.has_alpha ? 1u << 7 : 0) |
         (uint32_t)pixels.channels << 3 | (uint32_t)pixels.bytes;
}

cl_transform *cl_transform_create(
    const uint8_t *source, size_t source_size, cl_pixels source_pixels,
    const uint8_t *target, size_t target_size, cl_pixels target_pixels) {
  if (!cl_load() || source_size > UINT32_MAX || target_size > UINT32_MAX) return NULL;
  cl_transform *transform = calloc(1, sizeof *transform);
  if (transform == NULL) return NULL;
  profile_handle from = library.open(source, (uint32_t)source_size);
  profile_handle to = from == NULL ? NULL : library.open(target, (uint32_t)target_size);
  if (to != NULL) {
    // The cache of one pixel is no help to photographs.
    const uint32_t flags =
        WITHOUT_CACHE | BLACK_POINT_COMPENSATION | (source_pixels.has_alpha ? COPY_ALPHA : 0);
    transform->handle = library.create(
        from, format(source_pixels), to, format(target_pixels), INTENT_RELATIVE, flags);
  }
  if (to != NULL) library.close(to);
  if (from != NULL) library.close(from);
  if (transform->handle == NULL) {
    free(transform);
    return NULL;
  }
  return transform;
}

void cl_transform_apply(void *transform, const uint8_t *from, uint8_t *to, size_t count) {
  library.convert(((cl_transform *)transform)->handle, from, to, (uint32_t)count);
}

void cl_transform_destroy(cl_transform *transform) {
  if (transform == NULL) return;
  library.destroy(transform->handle);
  free(transform);
}
