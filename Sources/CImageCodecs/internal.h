// Shared by the three codecs; not visible to Swift.
#ifndef CIMAGECODECS_INTERNAL_H
#define CIMAGECODECS_INTERNAL_H

#include "CImageCodecs.h"

/// Clears what a read answers with.
void ci_begin_read(ci_info *info, ci_report *report);
void ci_begin_write(ci_output *output, ci_report *report);

/// Sets status and message unless an earlier failure did, and returns the status that stands.
int32_t ci_fail(ci_report *report, int32_t status, const char *message);
void ci_warn(ci_report *report, const char *message);

/// CI_OK if `info`'s size is within `limits`, else fails with CI_TOO_LARGE.
int32_t ci_check_size(const ci_info *info, const ci_limits *limits, ci_report *report);
/// CI_OK if `capacity` is what `info` needs.
int32_t ci_check_capacity(const ci_info *info, size_t capacity, ci_report *report);

/// A copy of `size` bytes, or null when there are none, too many of them, or no memory.
uint8_t *ci_copy_metadata(const uint8_t *bytes, size_t size, const ci_limits *limits);

/// Nonzero on success.
int ci_output_append(ci_output *output, const uint8_t *bytes, size_t size);

/// One row of the source with 8-bit samples. With `flatten`, alpha is laid over white and left out.
void ci_row_8bit(const ci_source *source, uint32_t row, int flatten, uint8_t *destination);

#endif
