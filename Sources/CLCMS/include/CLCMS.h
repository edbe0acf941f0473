// Colour conversion through ICC profiles, by Little CMS.
//
// The library is opened at run time: few pictures need it. Its functions are declared here, so that building
// needs none of its headers; they have been the same since its version 2.0.
#ifndef CLCMS_H
#define CLCMS_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Finds the library on this machine, at the first call.
///
/// Returns whether there is one.
int32_t cl_load(void);

enum cl_space {
  CL_GRAY = 3,
  CL_RGB = 4,
  CL_CMYK = 6,
};

/// How pixels lie in memory.
typedef struct cl_pixels {
  /// A `cl_space`.
  int32_t space;
  /// Channels of the space: 1, 3 or 4.
  int32_t channels;
  /// Whether alpha follows, which is copied.
  int32_t has_alpha;
  /// Bytes of a sample: 1, or 2 in native byte order.
  int32_t bytes;
} cl_pixels;

/// A conversion between two profiles, for one thread at a time.
typedef struct cl_transform cl_transform;

/// Returns NULL without the library, without memory, and for profiles that it cannot use.
///
/// Relative colorimetric with black point compensation. The profiles' bytes are not needed afterwards.
cl_transform *_Nullable cl_transform_create(
    const uint8_t *source, size_t source_size, cl_pixels source_pixels,
    const uint8_t *target, size_t target_size, cl_pixels target_pixels);

/// Converts `count` pixels. `to` may be `from` where both have the same pixels.
void cl_transform_apply(void *transform, const uint8_t *from, uint8_t *to, size_t count);

void cl_transform_destroy(cl_transform *_Nullable transform);

#pragma clang assume_nonnull end

#endif
