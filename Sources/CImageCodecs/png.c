#define _GNU_SOURCE
#include <fcntl.h>
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

// Everything that is used after a longjmp is in the reader or writer, on the heap. The functions that
// call setjmp have no local variables.

/// Judges libpng's warnings, which begin with the chunk's name: pixels are in PLTE, IDAT and tRNS. Faults
/// of other chunks do not affect pixels.
static void on_warning(png_structp png, png_const_charp message) {
  ci_report *report = png_get_error_ptr(png);
  if (strncmp(message, "iCCP", 4) == 0) {
    ci_note_profile(report, message);
    return;
  }
  const int is_chunk = strlen(message) > 4 && message[4] == ':';
  const int is_ancillary = is_chunk && message[0] >= 'a' && message[0] <= 'z';
  if (is_ancillary && strncmp(message, "tRNS", 4) != 0) {
    return;
  }
  // More data than rows: the rows have all of theirs.
  if (strstr(message, "Extra compressed data") != NULL) {
    return;
  }
  report->damage.altered = 1;
}

static void on_error(png_structp png, png_const_charp message) {
  ci_fail(png_get_error_ptr(png), CI_INVALID, message);
  png_longjmp(png, 1);
}

// libpng does not tell a lack of memory from other errors, so it is noted where it happens.
static png_voidp allocate(png_structp png, png_alloc_size_t size) {
  void *memory = malloc(size);
  if (memory == NULL) {
    ci_fail(png_get_mem_ptr(png), CI_NO_MEMORY, "no memory");
  }
  return memory;
}

static void release(png_structp png, png_voidp memory) {
  (void)png;
  free(memory);
}

// Reading

struct reader {
  ci_reader base;
  png_structp png;
  png_infop info;
  const uint8_t *next;
  size_t left;
  /// The file instead, where it is not in memory.
  FILE *file;
  /// Where the rows being read go, and how many.
  uint8_t *pixels;
  uint32_t count;
};

/// Whether the last row has been handed out, so that what is still read is no pixel's.
static int has_all_rows(const struct reader *reader) {
  const ci_info *info = &reader->base.info;
  return info->height > 0 &&
         (info->interlaced ? png_get_current_pass_number(reader->png) >= 7
                           : png_get_current_row_number(reader->png) >= info->height);
}

static void fail_at_end(struct reader *reader) {
  if (has_all_rows(reader)) {
    reader->base.report.lacks_end = 1;
    png_longjmp(reader->png, 1);
  }
  png_error(reader->png, "the file is cut short");
}

static void read_bytes(png_structp png, png_bytep destination, size_t size) {
  struct reader *reader = png_get_io_ptr(png);
  if (reader->file != NULL) {
    if (fread(destination, 1, size, reader->file) != size) {
      fail_at_end(reader);
    }
    return;
  }
  if (size > reader->left) {
    fail_at_end(reader);
  }
  memcpy(destination, reader->next, size);
  reader->next += size;
  reader->left -= size;
}

/// Chunks that are not used here, or are read in Swift (eXIf). For several of them libpng would allocate
/// what their length field claims, up to 1 GiB for a file of 57 bytes.
static const png_byte unneeded[] =
    "tEXt\0zTXt\0iTXt\0sPLT\0pCAL\0sCAL\0hIST\0oFFs\0pHYs\0tIME\0bKGD\0sTER\0"
    "gAMA\0cHRM\0sRGB\0sBIT\0eXIf";

static void read_profile(struct reader *reader) {
  png_charp name = NULL;
  int compression = 0;
  png_bytep profile = NULL;
  png_uint_32 profile_size = 0;
  ci_info *answer = &reader->base.info;
  if (png_get_iCCP(
          reader->png, reader->info, &name, &compression, &profile, &profile_size) != 0) {
    answer->icc = ci_copy_metadata(profile, profile_size, &reader->base.limits);
    answer->icc_size = answer->icc == NULL ? 0 : profile_size;
    if (answer->icc == NULL && profile_size > 0 &&
        profile_size <= reader->base.limits.metadata) {
      ci_fail(&reader->base.report, CI_NO_MEMORY, "no memory");
    }
  }
}

static void read_header(struct reader *reader) {
  png_structp png = reader->png;
  png_infop info = reader->info;
  ci_info *answer = &reader->base.info;

  png_set_read_fn(png, reader, read_bytes);
  // The size is judged below, in one place for all formats.
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_chunk_malloc_max(png, (png_alloc_size_t)reader->base.limits.metadata);
  png_set_chunk_cache_max(png, 64);
  png_set_keep_unknown_chunks(
      png, PNG_HANDLE_CHUNK_NEVER, unneeded, (int)(sizeof unneeded / 5));
  // This suppresses a warning about a widespread sRGB profile.
  png_set_option(png, PNG_SKIP_sRGB_CHECK_PROFILE, PNG_OPTION_ON);
  png_read_info(png, info);

  answer->width = png_get_image_width(png, info);
  answer->height = png_get_image_height(png, info);
  answer->interlaced = png_get_interlace_type(png, info) != PNG_INTERLACE_NONE;
  answer->whole = answer->interlaced;
  if (ci_check_size(answer, &reader->base.limits, &reader->base.report) != CI_OK) {
    png_longjmp(png, 1);
  }

  const int colour = png_get_color_type(png, info);
  if (colour == PNG_COLOR_TYPE_PALETTE) {
    png_set_palette_to_rgb(png);
  } else if (colour == PNG_COLOR_TYPE_GRAY && png_get_bit_depth(png, info) < 8) {
    png_set_expand_gray_1_2_4_to_8(png);
  }
  if (png_get_valid(png, info, PNG_INFO_tRNS) != 0) {
    png_set_tRNS_to_alpha(png);
  }
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (png_get_bit_depth(png, info) == 16) {
    png_set_swap(png);
  }
#endif
  (void)png_set_interlace_handling(png);
  png_read_update_info(png, info);
  answer->channels = png_get_channels(png, info);
  answer->depth = png_get_bit_depth(png, info);
  // Rows and zlib's state. Measured: 2.1 rows of 600,000 pixels, and 0.6 MiB.
  answer->memory = ((uint64_t)1 << 20) + 3 * (uint64_t)ci_row_size(answer);
  read_profile(reader);
}

static void read_rows(struct reader *reader) {
  const ci_info *info = &reader->base.info;
  const size_t row_size = ci_row_size(info);
  if (row_size != png_get_rowbytes(reader->png, reader->info)) {
    png_error(reader->png, "the rows do not have the size the header promised");
  }
  const int passes = info->interlaced ? 7 : 1;
  for (int pass = 0; pass < passes; pass++) {
    for (uint32_t row = 0; row < reader->count; row++) {
      png_read_row(
          reader->png, reader->pixels == NULL ? NULL : reader->pixels + row * row_size, NULL);
    }
  }
  if (reader->base.next_row + reader->count == info->height) {
    png_read_end(reader->png, NULL);
  }
}

/// Decodes all rows without keeping them.
static void skip_rows(struct reader *reader) {
  const int passes = reader->base.info.interlaced ? 7 : 1;
  for (int pass = 0; pass < passes; pass++) {
    for (uint32_t row = 0; row < reader->base.info.height; row++) {
      png_read_row(reader->png, NULL, NULL);
    }
  }
  png_read_end(reader->png, NULL);
}

static void skip_rows_guarded(struct reader *reader) {
  if (setjmp(png_jmpbuf(reader->png)) == 0) {
    skip_rows(reader);
  }
}

static void read_header_guarded(struct reader *reader) {
  if (setjmp(png_jmpbuf(reader->png)) == 0) {
    read_header(reader);
  }
}

static void read_rows_guarded(struct reader *reader) {
  if (setjmp(png_jmpbuf(reader->png)) == 0) {
    read_rows(reader);
  }
}

static int32_t rows_of_reader(ci_reader *base, uint8_t *pixels, uint32_t count) {
  struct reader *reader = (struct reader *)base;
  reader->pixels = pixels;
  reader->count = count;
  read_rows_guarded(reader);
  return base->report.status;
}

static void close_reader(ci_reader *base) {
  struct reader *reader = (struct reader *)base;
  png_destroy_read_struct(&reader->png, &reader->info, NULL);
  if (reader->file != NULL) {
    fclose(reader->file);
  }
}

static struct reader *new_reader(const ci_limits *limits, ci_info *info, ci_report *report) {
  struct reader *reader = ci_new_reader(sizeof *reader, limits, info, report);
  if (reader != NULL) {
    reader->base.rows = rows_of_reader;
    reader->base.close = close_reader;
  }
  return reader;
}

static ci_reader *open_reader(struct reader *reader, ci_info *info, ci_report *report) {
  reader->png = png_create_read_struct_2(
      PNG_LIBPNG_VER_STRING, &reader->base.report, on_error, on_warning, &reader->base.report,
      allocate, release);
  reader->info = reader->png == NULL ? NULL : png_create_info_struct(reader->png);
  if (reader->info == NULL) {
    ci_fail(&reader->base.report, CI_NO_MEMORY, "no memory");
  } else {
    read_header_guarded(reader);
  }
  return ci_opened(&reader->base, info, report);
}

ci_reader *ci_png_open(
    const uint8_t *bytes, size_t size, const ci_limits *limits, ci_info *info,
    ci_report *report) {
  struct reader *reader = new_reader(limits, info, report);
  if (reader == NULL) {
    return NULL;
  }
  reader->next = bytes;
  reader->left = size;
  return open_reader(reader, info, report);
}

int32_t ci_png_has_all_rows(
    const uint8_t *bytes, size_t size, const ci_limits *limits, ci_report *report) {
  ci_info info;
  ci_reader *opened = ci_png_open(bytes, size, limits, &info, report);
  if (opened == NULL) {
    ci_info_release(&info);
    return 0;
  }
  ci_info_release(&info);
  skip_rows_guarded((struct reader *)opened);
  *report = opened->report;
  ci_reader_close(opened);
  return report->status == CI_OK;
}

ci_reader *ci_png_open_file(
    int descriptor, const ci_limits *limits, ci_info *info, ci_report *report) {
  struct reader *reader = new_reader(limits, info, report);
  if (reader == NULL) {
    return NULL;
  }
  const int own = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
  reader->file = own < 0 ? NULL : fdopen(own, "rb");
  if (reader->file == NULL) {
    if (own >= 0) {
      close(own);
    }
    ci_fail(&reader->base.report, CI_NO_MEMORY, "no memory");
    return ci_opened(&reader->base, info, report);
  }
  uint8_t signature[8];
  setvbuf(reader->file, NULL, _IOFBF, 1 << 18);
  if (fread(signature, 1, sizeof signature, reader->file) != sizeof signature ||
      png_sig_cmp(signature, 0, sizeof signature) != 0) {
    ci_fail(&reader->base.report, CI_INVALID, "the file is no PNG");
    return ci_opened(&reader->base, info, report);
  }
  rewind(reader->file);
  return open_reader(reader, info, report);
}

// Writing

struct writer {
  ci_writer base;
  png_structp png;
  png_infop info;
  int32_t level;
  const uint8_t *profile;
  uint8_t *profile_chunk;
  const uint8_t *pixels;
  uint32_t count;
};

static void write_bytes(png_structp png, png_bytep bytes, size_t size) {
  struct writer *writer = png_get_io_ptr(png);
  if (ci_emit(&writer->base, bytes, size) != CI_OK) {
    png_error(png, "the bytes were not taken");
  }
}

static void flush_bytes(png_structp png) { (void)png; }

/// Writes iCCP as a zlib stream of stored blocks.
///
/// `png_set_iCCP` leaves out profiles that violate its own rules; the input's profile is to be kept.
static void write_profile(struct writer *writer) {
  static const uint8_t name[] = "ICC Profile\0";  // its end, and compression method 0
  const uint8_t *profile = writer->profile;
  const size_t size = writer->base.header.icc_size;
  const size_t blocks = (size + 65534) / 65535;
  const size_t total = sizeof name + 2 + blocks * 5 + size + 4;
  writer->profile_chunk = malloc(total);
  if (writer->profile_chunk == NULL) {
    ci_fail(&writer->base.report, CI_NO_MEMORY, "no memory");
    png_error(writer->png, "no memory");
  }
  uint8_t *next = writer->profile_chunk;
  memcpy(next, name, sizeof name);
  next += sizeof name;
  *next++ = 0x78;
  *next++ = 0x01;
  uint32_t low = 1, high = 0;
  for (size_t offset = 0; offset < size;) {
    const size_t part = size - offset < 65535 ? size - offset : 65535;
    *next++ = offset + part == size;
    *next++ = (uint8_t)part;
    *next++ = (uint8_t)(part >> 8);
    *next++ = (uint8_t)~part;
    *next++ = (uint8_t)(~part >> 8);
    memcpy(next, profile + offset, part);
    for (size_t i = 0; i < part; i++) {
      low = (low + next[i]) % 65521;
      high = (high + low) % 65521;
    }
    next += part;
    offset += part;
  }
  *next++ = (uint8_t)(high >> 8);
  *next++ = (uint8_t)high;
  *next++ = (uint8_t)(low >> 8);
  *next++ = (uint8_t)low;
  png_write_chunk(writer->png, (png_const_bytep) "iCCP", writer->profile_chunk, total);
}

static void write_header(struct writer *writer) {
  static const int colours[] = {
      0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGBA};
  png_structp png = writer->png;
  png_infop info = writer->info;
  const ci_header *header = &writer->base.header;

  png_set_write_fn(png, writer, write_bytes, flush_bytes);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_compression_level(png, writer->level);
  png_set_compression_buffer_size(png, 1 << 16);
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_ALL_FILTERS);
  png_set_IHDR(
      png, info, header->width, header->height, header->depth, colours[header->channels],
      PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  if (writer->profile != NULL && header->icc_size > 0) {
    write_profile(writer);
  }
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (header->depth == 16) {
    png_set_swap(png);
  }
#endif
}

static void write_rows(struct writer *writer) {
  const ci_header *header = &writer->base.header;
  const size_t row_size =
      (size_t)header->width * (size_t)header->channels * (size_t)(header->depth / 8);
  for (uint32_t row = 0; row < writer->count; row++) {
    png_write_row(writer->png, writer->pixels + row * row_size);
  }
}

static void write_header_guarded(struct writer *writer) {
  if (setjmp(png_jmpbuf(writer->png)) == 0) {
    write_header(writer);
  }
}

static void write_rows_guarded(struct writer *writer) {
  if (setjmp(png_jmpbuf(writer->png)) == 0) {
    write_rows(writer);
  }
}

static void write_end_guarded(struct writer *writer) {
  if (setjmp(png_jmpbuf(writer->png)) == 0) {
    png_write_end(writer->png, NULL);
  }
}

static int32_t rows_of_writer(ci_writer *base, const uint8_t *pixels, uint32_t count) {
  struct writer *writer = (struct writer *)base;
  writer->pixels = pixels;
  writer->count = count;
  write_rows_guarded(writer);
  return base->report.status;
}

static int32_t finish_writer(ci_writer *base) {
  write_end_guarded((struct writer *)base);
  return base->report.status;
}

static void close_writer(ci_writer *base) {
  struct writer *writer = (struct writer *)base;
  png_destroy_write_struct(&writer->png, &writer->info);
  free(writer->profile_chunk);
}

ci_writer *ci_png_create(
    const ci_header *header, int32_t level, ci_sink sink, ci_report *report) {
  struct writer *writer = ci_new_writer(sizeof *writer, header, sink, report);
  if (writer == NULL) {
    return NULL;
  }
  writer->base.rows = rows_of_writer;
  writer->base.finish = finish_writer;
  writer->base.close = close_writer;
  writer->level = level;
  writer->profile = header->icc;
  writer->png = png_create_write_struct_2(
      PNG_LIBPNG_VER_STRING, &writer->base.report, on_error, on_warning, &writer->base.report,
      allocate, release);
  writer->info = writer->png == NULL ? NULL : png_create_info_struct(writer->png);
  if (writer->info == NULL) {
    ci_fail(&writer->base.report, CI_NO_MEMORY, "no memory");
  } else {
    write_header_guarded(writer);
  }
  writer->profile = NULL;
  return ci_created(&writer->base, report);
}
