#define _GNU_SOURCE
#include <fcntl.h>
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "png_callbacks.h"

// Everything that is used after a longjmp is in the reader or writer, on the heap. The functions that
// call setjmp have no local variables.

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

/// Errors behind the last row are about no pixel, unless they contradict the pixels' data, or a chunk that must be
/// understood is not.
static _Noreturn void on_error(png_structp png, png_const_charp message) {
  struct reader *reader = png_get_io_ptr(png);
  if (reader != NULL && has_all_rows(reader) && strncmp(message, "IDAT", 4) != 0 &&
      strstr(message, "unhandled critical") == NULL) {
    reader->base.report.flawed_end = 1;
    png_longjmp(png, 1);
  }
  ci_png_error(png, message);
}

static void on_warning(png_structp png, png_const_charp message) {
  const struct reader *reader = png_get_io_ptr(png);
  // A palette of a picture that is not made of one is a suggestion.
  if (reader != NULL && strncmp(message, "PLTE", 4) == 0 &&
      png_get_color_type(png, reader->info) != PNG_COLOR_TYPE_PALETTE) {
    return;
  }
  ci_png_warning(png, message);
}

/// Whether a chunk is not there to its last byte, or the end marker is missing.
static int is_cut(const uint8_t *bytes, size_t size) {
  size_t offset = 8;
  while (size >= 12 && offset <= size - 12) {
    const size_t length = (size_t)bytes[offset] << 24 | (size_t)bytes[offset + 1] << 16 |
                          (size_t)bytes[offset + 2] << 8 | (size_t)bytes[offset + 3];
    if (length > size - 12 - offset) {
      return 1;
    }
    if (memcmp(bytes + offset + 4, "IEND", 4) == 0) {
      return 0;
    }
    offset += 12 + length;
  }
  return 1;
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
  // Some old writers state a smaller window than they use.
  png_set_option(png, PNG_MAXIMUM_INFLATE_WINDOW, PNG_OPTION_ON);
  if (reader->file == NULL && is_cut(reader->next, reader->left)) {
    // The last bytes that are there may complete the last row: they are decoded one by one.
    png_set_compression_buffer_size(png, 1);
  }
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
      ci_png_allocate, ci_png_release);
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
