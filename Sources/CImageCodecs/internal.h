// Shared by the three codecs; not visible to Swift.
#ifndef CIMAGECODECS_INTERNAL_H
#define CIMAGECODECS_INTERNAL_H

#include "CImageCodecs.h"

/// The beginning of every reader. `rows` and `close` are functions of the format.
struct ci_reader {
  int32_t (*rows)(ci_reader *reader, uint8_t *pixels, uint32_t count);
  void (*close)(ci_reader *reader);
  /// The libraries' error handlers write here; copied out after each call.
  ci_report report;
  ci_limits limits;
  /// Without ICC.
  ci_info info;
  uint32_t next_row;
};

/// The beginning of every writer.
struct ci_writer {
  int32_t (*rows)(ci_writer *writer, const uint8_t *pixels, uint32_t count);
  int32_t (*finish)(ci_writer *writer);
  void (*close)(ci_writer *writer);
  ci_report report;
  ci_header header;
  ci_sink sink;
  uint32_t next_row;
};

/// A zeroed reader of `size` bytes, or null (with a failure in `report`). Clears `info` and `report`.
void *ci_new_reader(size_t size, const ci_limits *limits, ci_info *info, ci_report *report);
/// Copies the report out and, unless it failed, hands the reader on; else closes it.
ci_reader *ci_opened(ci_reader *reader, ci_info *info, ci_report *report);
void *ci_new_writer(
    size_t size, const ci_header *header, ci_sink sink, ci_report *report);
ci_writer *ci_created(ci_writer *writer, ci_report *report);

/// Sets status and message unless an earlier failure did, and returns the status that stands.
int32_t ci_fail(ci_report *report, int32_t status, const char *message);
/// Notes a flaw of the colour profile; only the first message is kept.
void ci_note_profile(ci_report *report, const char *message);
/// Notes that the last rows as stored are missing, so many of them.
void ci_note_missing(ci_report *report, uint32_t rows);

/// CI_OK if `info`'s size is within `limits`, else fails with CI_TOO_LARGE.
int32_t ci_check_size(const ci_info *info, const ci_limits *limits, ci_report *report);

/// Bytes of a row that is read.
size_t ci_row_size(const ci_info *info);

/// A copy of `size` bytes, or null when there are none, too many of them, or no memory.
uint8_t *ci_copy_metadata(const uint8_t *bytes, size_t size, const ci_limits *limits);

/// Hands bytes to the writer's sink; CI_OK, or the failure.
int32_t ci_emit(ci_writer *writer, const uint8_t *bytes, size_t size);

/// One row with 8-bit samples. With `flatten`, transparent pixels are blended with white and alpha is
/// left out.
void ci_row_8bit(
    const ci_header *header, const uint8_t *row, int flatten, uint8_t *destination);

#endif
