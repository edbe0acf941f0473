#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "png_callbacks.h"

// Everything that outlives a longjmp is in the reader or writer, on the heap. The functions that arm
// setjmp have no locals of their own.

struct writer {
  ci_writer base;
  png_structp png;
  png_infop info;
  int32_t level;
  const uint8_t *profile;
  const ci_block *colour_chunks;
  size_t colour_chunk_count;
  uint8_t *profile_chunk;
  const ci_block *blocks;
  size_t block_count;
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

static void write_chunks(struct writer *writer, const ci_block *chunks, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const uint32_t letters = chunks[i].name;
    const png_byte name[5] = {
        (png_byte)(letters >> 24), (png_byte)(letters >> 16), (png_byte)(letters >> 8),
        (png_byte)letters, 0};
    png_write_chunk(writer->png, name, chunks[i].bytes, chunks[i].size);
  }
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
  // Filters make rows compressible; without compression they are of no use.
  png_set_filter(
      png, PNG_FILTER_TYPE_BASE, writer->level == 0 ? PNG_FILTER_NONE : PNG_ALL_FILTERS);
  png_set_IHDR(
      png, info, header->width, header->height, header->depth, colours[header->channels],
      PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  write_chunks(writer, writer->colour_chunks, writer->colour_chunk_count);
  if (writer->profile != NULL && header->icc_size > 0) {
    write_profile(writer);
  }
  write_chunks(writer, writer->blocks, writer->block_count);
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
  writer->blocks = header->blocks;
  writer->block_count = header->block_count;
  writer->colour_chunks = header->colour_chunks;
  writer->colour_chunk_count = header->colour_chunk_count;
  writer->png = png_create_write_struct_2(
      PNG_LIBPNG_VER_STRING, &writer->base.report, ci_png_error, ci_png_warning, &writer->base.report,
      ci_png_allocate, ci_png_release);
  writer->info = writer->png == NULL ? NULL : png_create_info_struct(writer->png);
  if (writer->info == NULL) {
    ci_fail(&writer->base.report, CI_NO_MEMORY, "no memory");
  } else {
    write_header_guarded(writer);
  }
  writer->profile = NULL;
  writer->blocks = NULL;
  writer->block_count = 0;
  writer->colour_chunks = NULL;
  writer->colour_chunk_count = 0;
  return ci_created(&writer->base, report);
}
