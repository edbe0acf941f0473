#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#include <unistd.h>
#endif

#include "internal.h"

void ci_begin_read(ci_info *info, ci_report *report) {
  memset(info, 0, sizeof *info);
  memset(report, 0, sizeof *report);
  info->frames = 1;
}

void ci_begin_write(ci_output *output, ci_report *report) {
  memset(output, 0, sizeof *output);
  memset(report, 0, sizeof *report);
}

void ci_info_release(ci_info *info) {
  free(info->icc);
  free(info->exif);
  info->icc = NULL;
  info->exif = NULL;
  info->icc_size = 0;
  info->exif_size = 0;
}

int32_t ci_fail(ci_report *report, int32_t status, const char *message) {
  if (report->status == CI_OK) {
    report->status = status;
    snprintf(report->message, sizeof report->message, "%s", message);
  }
  return report->status;
}

void ci_warn(ci_report *report, const char *message) {
  if (report->warning_count == 0) {
    snprintf(report->warning, sizeof report->warning, "%s", message);
  }
  if (report->warning_count < INT32_MAX) {
    report->warning_count += 1;
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

int32_t ci_check_capacity(const ci_info *info, size_t capacity, ci_report *report) {
  // Two factors below 2^32 and one of at most 8 can pass 2^64.
  const unsigned __int128 needed =
      (unsigned __int128)info->width * info->height * (uint32_t)(info->channels * info->depth / 8);
  if (needed != capacity) {
    return ci_fail(report, CI_INVALID, "the picture does not have the size its header had");
  }
  return CI_OK;
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

#define BLOCK_SIZE ((size_t)1 << 20)

struct ci_block {
  struct ci_block *next;
  size_t used;
  uint8_t bytes[];
};

int ci_output_append(ci_output *output, const uint8_t *bytes, size_t size) {
  while (size > 0) {
    struct ci_block *block = output->last;
    if (block == NULL || block->used == BLOCK_SIZE) {
      block = malloc(sizeof *block + BLOCK_SIZE);
      if (block == NULL) {
        return 0;
      }
      block->next = NULL;
      block->used = 0;
      if (output->last == NULL) {
        output->first = block;
      } else {
        output->last->next = block;
      }
      output->last = block;
    }
    const size_t room = BLOCK_SIZE - block->used;
    const size_t part = size < room ? size : room;
    memcpy(block->bytes + block->used, bytes, part);
    block->used += part;
    output->size += part;
    bytes += part;
    size -= part;
  }
  return 1;
}

void ci_output_take(ci_output *output, uint8_t *destination) {
  while (output->first != NULL) {
    struct ci_block *block = output->first;
    memcpy(destination, block->bytes, block->used);
    destination += block->used;
    output->first = block->next;
    free(block);
  }
  output->last = NULL;
  output->size = 0;
}

void ci_output_release(ci_output *output) {
  while (output->first != NULL) {
    struct ci_block *block = output->first;
    output->first = block->next;
    free(block);
  }
  output->last = NULL;
  output->size = 0;
}

/// `value` of `0...65535` at the nearest of 256 levels; 257 is 65535 / 255.
static uint32_t narrow(uint32_t value) { return (value + 128) / 257; }

void ci_row_8bit(const ci_source *source, uint32_t row, int flatten, uint8_t *destination) {
  const size_t channels = (size_t)source->channels;
  const size_t count = (size_t)source->width * channels;
  const uint8_t *start = source->pixels + (size_t)row * count * (size_t)(source->depth / 8);
  const int has_alpha = channels == 2 || channels == 4;
  if (!(flatten && has_alpha)) {
    if (source->depth == 8) {
      memcpy(destination, start, count);
      return;
    }
    for (size_t i = 0; i < count; i++) {
      uint16_t value;
      memcpy(&value, start + 2 * i, sizeof value);
      destination[i] = (uint8_t)narrow(value);
    }
    return;
  }

  // value * alpha + white * (1 - alpha), rounded once, from the full depth to 8 bits.
  const uint64_t maximum = source->depth == 8 ? 255 : 65535;
  const uint64_t square = maximum * maximum;
  for (size_t x = 0; x < source->width; x++) {
    uint64_t sample[4];
    for (size_t c = 0; c < channels; c++) {
      if (source->depth == 8) {
        sample[c] = start[x * channels + c];
      } else {
        uint16_t value;
        memcpy(&value, start + 2 * (x * channels + c), sizeof value);
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
