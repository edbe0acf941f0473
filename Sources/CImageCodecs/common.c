#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#include <unistd.h>
#endif

#include "internal.h"

void *ci_new_reader(size_t size, const ci_limits *limits, ci_info *info, ci_report *report) {
  memset(info, 0, sizeof *info);
  memset(report, 0, sizeof *report);
  info->frames = 1;
  ci_reader *reader = calloc(1, size);
  if (reader == NULL) {
    ci_fail(report, CI_NO_MEMORY, "no memory");
    return NULL;
  }
  reader->limits = *limits;
  reader->info.frames = 1;
  return reader;
}

ci_reader *ci_opened(ci_reader *reader, ci_info *info, ci_report *report) {
  *report = reader->report;
  *info = reader->info;
  reader->info.icc = NULL;
  if (report->status == CI_OK) {
    return reader;
  }
  ci_reader_close(reader);
  return NULL;
}

int32_t ci_reader_rows(ci_reader *reader, uint8_t *pixels, uint32_t count, ci_report *report) {
  if (count > reader->info.height - reader->next_row ||
      (reader->info.whole && count != reader->info.height)) {
    ci_fail(&reader->report, CI_UNSUPPORTED, "rows were asked for that are not there");
  }
  if (reader->report.status == CI_OK) {
    reader->rows(reader, pixels, count);
    reader->next_row += count;
  }
  *report = reader->report;
  return report->status;
}

void ci_reader_close(ci_reader *reader) {
  if (reader != NULL) {
    reader->close(reader);
    free(reader);
  }
}

void *ci_new_writer(
    size_t size, const ci_header *header, ci_sink sink, ci_report *report) {
  memset(report, 0, sizeof *report);
  ci_writer *writer = calloc(1, size);
  if (writer == NULL) {
    ci_fail(report, CI_NO_MEMORY, "no memory");
    return NULL;
  }
  writer->header = *header;
  writer->header.icc = NULL;
  writer->header.blocks = NULL;
  writer->header.block_count = 0;
  writer->header.colour_chunks = NULL;
  writer->header.colour_chunk_count = 0;
  writer->sink = sink;
  return writer;
}

ci_writer *ci_created(ci_writer *writer, ci_report *report) {
  *report = writer->report;
  if (report->status == CI_OK) {
    return writer;
  }
  ci_writer_close(writer);
  return NULL;
}

int32_t ci_writer_rows(
    ci_writer *writer, const uint8_t *pixels, uint32_t count, ci_report *report) {
  if (count > writer->header.height - writer->next_row) {
    ci_fail(&writer->report, CI_UNSUPPORTED, "more rows than the picture has");
  }
  if (writer->report.status == CI_OK) {
    writer->rows(writer, pixels, count);
    writer->next_row += count;
  }
  *report = writer->report;
  return report->status;
}

int32_t ci_writer_finish(ci_writer *writer, ci_report *report) {
  if (writer->next_row != writer->header.height) {
    ci_fail(&writer->report, CI_UNSUPPORTED, "fewer rows than the picture has");
  }
  if (writer->report.status == CI_OK) {
    writer->finish(writer);
  }
  *report = writer->report;
  return report->status;
}

void ci_writer_close(ci_writer *writer) {
  if (writer != NULL) {
    writer->close(writer);
    free(writer);
  }
}

void ci_info_release(ci_info *info) {
  free(info->icc);
  info->icc = NULL;
  info->icc_size = 0;
}

int32_t ci_fail(ci_report *report, int32_t status, const char *message) {
  if (report->status == CI_OK) {
    report->status = status;
    snprintf(report->message, sizeof report->message, "%s", message);
  }
  return report->status;
}

void ci_note_profile(ci_report *report, const char *message) {
  if (!report->flawed_profile) {
    snprintf(report->profile_flaw, sizeof report->profile_flaw, "%s", message);
  }
  report->flawed_profile = 1;
}

void ci_note_missing(ci_report *report, uint32_t rows) {
  if (rows > report->damage.missing_rows) {
    report->damage.missing_rows = rows;
  }
}

int32_t ci_check_size(const ci_info *info, const ci_limits *limits, ci_report *report) {
  if (info->width == 0 || info->height == 0) {
    return ci_fail(report, CI_INVALID, "the picture has no pixels");
  }
  if (info->width > limits->side || info->height > limits->side ||
      (uint64_t)info->width * info->height > limits->pixels) {
    return ci_fail(report, CI_TOO_LARGE, "the picture is larger than the limit");
  }
  return CI_OK;
}

size_t ci_row_size(const ci_info *info) {
  return (size_t)info->width * (size_t)(info->channels * info->depth / 8);
}

uint8_t *ci_copy_metadata(const uint8_t *bytes, size_t size, const ci_limits *limits) {
  if (bytes == NULL || size == 0 || size > limits->metadata) {
    return NULL;
  }
  uint8_t *copy = malloc(size);
  if (copy != NULL) {
    memcpy(copy, bytes, size);
  }
  return copy;
}

void ci_zero(uint8_t *bytes, size_t size) {
#ifdef __linux__
  // The kernel gives private anonymous pages that were dropped back as zeros, when they are
  // touched. malloc's memory is such memory.
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  const uintptr_t start = ((uintptr_t)bytes + page - 1) / page * page;
  const uintptr_t end = ((uintptr_t)bytes + size) / page * page;
  if (size >= (size_t)1 << 20 && madvise((void *)start, end - start, MADV_DONTNEED) == 0) {
    memset(bytes, 0, start - (uintptr_t)bytes);
    memset((uint8_t *)end, 0, (uintptr_t)bytes + size - end);
    return;
  }
#endif
  memset(bytes, 0, size);
}

int32_t ci_emit(ci_writer *writer, const uint8_t *bytes, size_t size) {
  if (writer->sink.write(writer->sink.context, bytes, size) != 0) {
    return ci_fail(&writer->report, CI_SINK_FAILED, "the bytes were not taken");
  }
  return CI_OK;
}

/// `value` of `0...65535` at the nearest of 256 levels; 257 is 65535 / 255.
static uint32_t narrow(uint32_t value) { return (value + 128) / 257; }

void ci_row_8bit(
    const ci_header *header, const uint8_t *row, int flatten, uint8_t *destination) {
  const size_t channels = (size_t)header->channels;
  const size_t count = (size_t)header->width * channels;
  const int has_alpha = channels == 2 || channels == 4;
  if (!(flatten && has_alpha)) {
    if (header->depth == 8) {
      memcpy(destination, row, count);
      return;
    }
    for (size_t i = 0; i < count; i++) {
      uint16_t value;
      memcpy(&value, row + 2 * i, sizeof value);
      destination[i] = (uint8_t)narrow(value);
    }
    return;
  }

  // value * alpha + white * (1 - alpha), rounded once, from the full depth to 8 bits.
  const uint64_t maximum = header->depth == 8 ? 255 : 65535;
  const uint64_t square = maximum * maximum;
  for (size_t x = 0; x < header->width; x++) {
    uint64_t sample[4];
    for (size_t c = 0; c < channels; c++) {
      if (header->depth == 8) {
        sample[c] = row[x * channels + c];
      } else {
        uint16_t value;
        memcpy(&value, row + 2 * (x * channels + c), sizeof value);
        sample[c] = value;
      }
    }
    const uint64_t alpha = sample[channels - 1];
    for (size_t c = 0; c + 1 < channels; c++) {
      const uint64_t mixed = sample[c] * alpha + maximum * (maximum - alpha);
      *destination++ = (uint8_t)((mixed * 255 + square / 2) / square);
    }
  }
}
