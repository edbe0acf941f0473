#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

// Everything that outlives a longjmp is in a struct of the outer function, which frees it. The
// function that arms setjmp has no locals of its own.

static void on_warning(png_structp png, png_const_charp message) {
  // Large chunks are passed over, which is of interest only where something was wanted of them.
  if (strstr(message, "chunk data is too large") != NULL && strncmp(message, "iCCP", 4) != 0) {
    return;
  }
  ci_warn(png_get_error_ptr(png), message);
}

static void on_error(png_structp png, png_const_charp message) {
  ci_fail(png_get_error_ptr(png), CI_INVALID, message);
  png_longjmp(png, 1);
}

// Reading

struct reader {
  png_structp png;
  png_infop info;
  const uint8_t *next;
  size_t left;
  const ci_limits *limits;
  uint8_t *pixels;
  size_t capacity;
  ci_info *answer;
  ci_report *report;
};

static void read_bytes(png_structp png, png_bytep destination, size_t size) {
  struct reader *reader = png_get_io_ptr(png);
  if (size > reader->left) {
    png_error(png, "the file is cut short");
  }
  memcpy(destination, reader->next, size);
  reader->next += size;
  reader->left -= size;
}

/// Chunks whose contents change nothing here, or are read in Swift (eXIf). libpng would allocate for several of them what
/// their length field claims, up to 1 GiB for a file of 57 bytes.
static const png_byte unneeded[] =
    "tEXt\0zTXt\0iTXt\0sPLT\0pCAL\0sCAL\0hIST\0oFFs\0pHYs\0tIME\0bKGD\0sTER\0"
    "gAMA\0cHRM\0sRGB\0sBIT\0eXIf";

static void read_profile(struct reader *reader) {
  png_charp name = NULL;
  int compression = 0;
  png_bytep profile = NULL;
  png_uint_32 profile_size = 0;
  ci_info *answer = reader->answer;
  if (png_get_iCCP(
          reader->png, reader->info, &name, &compression, &profile, &profile_size) != 0) {
    answer->icc = ci_copy_metadata(profile, profile_size, reader->limits);
    answer->icc_size = answer->icc == NULL ? 0 : profile_size;
  }
}

static void read_header(struct reader *reader) {
  png_structp png = reader->png;
  png_infop info = reader->info;
  ci_info *answer = reader->answer;

  png_set_read_fn(png, reader, read_bytes);
  // The size is judged below, in one place for all formats.
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_chunk_malloc_max(png, (png_alloc_size_t)reader->limits->metadata);
  png_set_chunk_cache_max(png, 64);
  png_set_keep_unknown_chunks(
      png, PNG_HANDLE_CHUNK_NEVER, unneeded, (int)(sizeof unneeded / 5));
  // A warning about one wide-spread sRGB profile helps nobody.
  png_set_option(png, PNG_SKIP_sRGB_CHECK_PROFILE, PNG_OPTION_ON);
  png_read_info(png, info);

  answer->width = png_get_image_width(png, info);
  answer->height = png_get_image_height(png, info);
  answer->interlaced = png_get_interlace_type(png, info) != PNG_INTERLACE_NONE;
  if (ci_check_size(answer, reader->limits, reader->report) != CI_OK) {
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
  read_profile(reader);
}

static void read_pixels(struct reader *reader) {
  const ci_info *answer = reader->answer;
  const size_t row_size = png_get_rowbytes(reader->png, reader->info);
  if (ci_check_capacity(answer, reader->capacity, reader->report) != CI_OK ||
      row_size != reader->capacity / answer->height) {
    png_error(reader->png, "the rows do not have the size the header promised");
  }
  const int passes = answer->interlaced ? 7 : 1;
  for (int pass = 0; pass < passes; pass++) {
    for (uint32_t row = 0; row < answer->height; row++) {
      png_read_row(reader->png, reader->pixels + row * row_size, NULL);
    }
  }
  png_read_end(reader->png, NULL);
}

static void read_guarded(struct reader *reader) {
  if (setjmp(png_jmpbuf(reader->png)) == 0) {
    read_header(reader);
    if (reader->pixels != NULL) {
      read_pixels(reader);
    }
  }
}

int32_t ci_png_read(
    const uint8_t *bytes, size_t size, const ci_limits *limits, uint8_t *pixels, size_t capacity,
    ci_info *info, ci_report *report) {
  ci_begin_read(info, report);
  struct reader reader = {
      .next = bytes,
      .left = size,
      .limits = limits,
      .pixels = pixels,
      .capacity = capacity,
      .answer = info,
      .report = report,
  };
  reader.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, report, on_error, on_warning);
  if (reader.png == NULL) {
    return ci_fail(report, CI_NO_MEMORY, "no memory");
  }
  reader.info = png_create_info_struct(reader.png);
  if (reader.info == NULL) {
    png_destroy_read_struct(&reader.png, NULL, NULL);
    return ci_fail(report, CI_NO_MEMORY, "no memory");
  }
  read_guarded(&reader);
  png_destroy_read_struct(&reader.png, &reader.info, NULL);
  return report->status;
}

// Writing

struct writer {
  png_structp png;
  png_infop info;
  const ci_source *source;
  int32_t level;
  uint8_t *profile_chunk;
  ci_output *output;
  ci_report *report;
};

static void write_bytes(png_structp png, png_bytep bytes, size_t size) {
  struct writer *writer = png_get_io_ptr(png);
  if (!ci_output_append(writer->output, bytes, size)) {
    ci_fail(writer->report, CI_NO_MEMORY, "no memory");
    png_error(png, "no memory");
  }
}

static void flush_bytes(png_structp png) { (void)png; }

/// Writes iCCP as a zlib stream of stored blocks.
///
/// `png_set_iCCP` leaves out profiles that break rules of its own; what came in shall go out.
static void write_profile(struct writer *writer) {
  static const uint8_t name[] = "ICC Profile\0";  // its end, and compression method 0
  const uint8_t *profile = writer->source->icc;
  const size_t size = writer->source->icc_size;
  const size_t blocks = (size + 65534) / 65535;
  const size_t total = sizeof name + 2 + blocks * 5 + size + 4;
  writer->profile_chunk = malloc(total);
  if (writer->profile_chunk == NULL) {
    ci_fail(writer->report, CI_NO_MEMORY, "no memory");
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

static void write_picture(struct writer *writer) {
  static const int colours[] = {
      0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGBA};
  png_structp png = writer->png;
  png_infop info = writer->info;
  const ci_source *source = writer->source;

  png_set_write_fn(png, writer, write_bytes, flush_bytes);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_compression_level(png, writer->level);
  png_set_compression_buffer_size(png, 1 << 16);
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_ALL_FILTERS);
  png_set_IHDR(
      png, info, source->width, source->height, source->depth, colours[source->channels],
      PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  if (source->icc != NULL && source->icc_size > 0) {
    write_profile(writer);
  }
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (source->depth == 16) {
    png_set_swap(png);
  }
#endif
  const size_t row_size =
      (size_t)source->width * (size_t)source->channels * (size_t)(source->depth / 8);
  for (uint32_t row = 0; row < source->height; row++) {
    png_write_row(png, source->pixels + row * row_size);
  }
  png_write_end(png, NULL);
}

static void write_guarded(struct writer *writer) {
  if (setjmp(png_jmpbuf(writer->png)) == 0) {
    write_picture(writer);
  }
}

int32_t ci_png_write(
    const ci_source *source, int32_t level, ci_output *output, ci_report *report) {
  ci_begin_write(output, report);
  struct writer writer = {.source = source, .level = level, .output = output, .report = report};
  writer.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, report, on_error, on_warning);
  if (writer.png == NULL) {
    return ci_fail(report, CI_NO_MEMORY, "no memory");
  }
  writer.info = png_create_info_struct(writer.png);
  if (writer.info == NULL) {
    png_destroy_write_struct(&writer.png, NULL);
    return ci_fail(report, CI_NO_MEMORY, "no memory");
  }
  write_guarded(&writer);
  png_destroy_write_struct(&writer.png, &writer.info);
  free(writer.profile_chunk);
  return report->status;
}
