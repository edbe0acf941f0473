#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

#include "internal.h"
#include "jpeg_guard.h"

// The jump and everything to free are in the reader or writer, on the heap. The functions that arm
// setjmp have no locals of their own.

struct writer {
  ci_writer base;
  struct ci_jpeg_guard guard;
  struct jpeg_compress_struct jpeg;
  struct jpeg_destination_mgr destination;
  uint8_t *buffer;
  uint8_t *row;
  ci_jpeg_options options;
  const uint8_t *profile;
  const ci_block *blocks;
  size_t block_count;
  const uint8_t *pixels;
  uint32_t count;
};

#define BUFFER_SIZE ((size_t)1 << 16)

static void append(struct writer *writer, size_t size) {
  if (ci_emit(&writer->base, writer->buffer, size) != CI_OK) {
    longjmp(writer->guard.jump, 1);
  }
}

static void start_output(j_compress_ptr jpeg) {
  struct writer *writer = jpeg->client_data;
  jpeg->dest->next_output_byte = writer->buffer;
  jpeg->dest->free_in_buffer = BUFFER_SIZE;
}

static boolean empty_buffer(j_compress_ptr jpeg) {
  append(jpeg->client_data, BUFFER_SIZE);
  start_output(jpeg);
  return TRUE;
}

static void end_output(j_compress_ptr jpeg) {
  append(jpeg->client_data, BUFFER_SIZE - jpeg->dest->free_in_buffer);
}

static void write_header(struct writer *writer) {
  j_compress_ptr jpeg = &writer->jpeg;
  const ci_header *header = &writer->base.header;
  const int gray = header->channels <= 2;
  jpeg->dest = &writer->destination;
  writer->destination.init_destination = start_output;
  writer->destination.empty_output_buffer = empty_buffer;
  writer->destination.term_destination = end_output;

  jpeg->image_width = header->width;
  jpeg->image_height = header->height;
  jpeg->input_components = gray ? 1 : 3;
  jpeg->in_color_space = gray ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(jpeg);
  jpeg_set_quality(jpeg, writer->options.quality, TRUE);
  jpeg->optimize_coding = writer->options.optimised != 0;
  jpeg->dct_method = JDCT_ISLOW;
  if (!gray) {
    jpeg->comp_info[0].h_samp_factor = writer->options.across;
    jpeg->comp_info[0].v_samp_factor = writer->options.down;
  }
  if (writer->options.progressive) {
    jpeg_simple_progression(jpeg);
  }
  if (header->density_x > 0) {
    jpeg->density_unit = (UINT8)header->density_unit;
    jpeg->X_density = header->density_x;
    jpeg->Y_density = header->density_y;
  }
  jpeg_start_compress(jpeg, TRUE);
  for (size_t i = 0; i < writer->block_count; i++) {
    const ci_block *block = &writer->blocks[i];
    jpeg_write_marker(jpeg, (int)block->name, block->bytes, (unsigned)block->size);
  }
  if (writer->profile != NULL && header->icc_size > 0) {
    jpeg_write_icc_profile(jpeg, writer->profile, (unsigned)header->icc_size);
  }
}

static void write_rows(struct writer *writer) {
  const ci_header *header = &writer->base.header;
  const size_t row_size =
      (size_t)header->width * (size_t)header->channels * (size_t)(header->depth / 8);
  for (uint32_t row = 0; row < writer->count; row++) {
    ci_row_8bit(header, writer->pixels + row * row_size, 1, writer->row);
    jpeg_write_scanlines(&writer->jpeg, &writer->row, 1);
  }
}

static void write_header_guarded(struct writer *writer) {
  if (setjmp(writer->guard.jump) == 0) {
    jpeg_create_compress(&writer->jpeg);
    write_header(writer);
  }
}

static void write_rows_guarded(struct writer *writer) {
  if (setjmp(writer->guard.jump) == 0) {
    write_rows(writer);
  }
}

static void write_end_guarded(struct writer *writer) {
  if (setjmp(writer->guard.jump) == 0) {
    jpeg_finish_compress(&writer->jpeg);
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
  jpeg_destroy_compress(&writer->jpeg);
  free(writer->buffer);
  free(writer->row);
}

ci_writer *ci_jpeg_create(
    const ci_header *header, ci_jpeg_options options, ci_sink sink, ci_report *report) {
  struct writer *writer = ci_new_writer(sizeof *writer, header, sink, report);
  if (writer == NULL) {
    return NULL;
  }
  writer->base.rows = rows_of_writer;
  writer->base.finish = finish_writer;
  writer->base.close = close_writer;
  writer->options = options;
  writer->profile = header->icc;
  writer->blocks = header->blocks;
  writer->block_count = header->block_count;
  writer->buffer = malloc(BUFFER_SIZE);
  writer->row = malloc((size_t)header->width * (size_t)header->channels);
  if (writer->buffer == NULL || writer->row == NULL) {
    ci_fail(&writer->base.report, CI_NO_MEMORY, "no memory");
  } else {
    writer->jpeg.err = ci_jpeg_set_up(&writer->guard, &writer->base.report);
    writer->jpeg.client_data = writer;
    write_header_guarded(writer);
  }
  writer->profile = NULL;
  writer->blocks = NULL;
  writer->block_count = 0;
  return ci_created(&writer->base, report);
}
