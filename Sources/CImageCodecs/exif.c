#define _GNU_SOURCE
#include <stddef.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <libexif/exif-data.h>

#include "CImageCodecs.h"

// libexif copies the value of each entry, and entries may share theirs: 64 KiB of input could take hundreds
// of MiB. So it gets its memory from here, up to a limit.

enum { PREFIX_SIZE = 6, HEADER_SIZE = 8 };

/// libexif looks at no more bytes than a JPEG's segment has.
enum { LARGEST = 65527 };

/// What one call may allocate, and whether it wanted more.
static const size_t allowance = (size_t)4 << 20;
static _Thread_local size_t allowed;
static _Thread_local int is_exhausted;

/// Stands before each allocation.
union stamp {
  size_t size;
  max_align_t alignment;
};

static void *resize(void *old, ExifLong size) {
  union stamp *stamp = old == NULL ? NULL : (union stamp *)old - 1;
  const size_t before = stamp == NULL ? 0 : stamp->size;
  const size_t needed = (size_t)size + sizeof *stamp;
  if (needed > allowed + before) {
    is_exhausted = 1;
    return NULL;
  }
  union stamp *resized = realloc(stamp, needed);
  if (resized == NULL) {
    is_exhausted = 1;
    return NULL;
  }
  allowed = allowed + before - needed;
  resized->size = needed;
  return resized + 1;
}

static void *take(ExifLong size) {
  void *memory = resize(NULL, size);
  if (memory != NULL) {
    memset(memory, 0, size);
  }
  return memory;
}

static void *retake(void *old, ExifLong size) { return resize(old, size); }

static void give_back(void *memory) {
  if (memory != NULL) {
    union stamp *stamp = (union stamp *)memory - 1;
    allowed += stamp->size;
    free(stamp);
  }
}

static uint32_t number_at(const uint8_t *bytes, int size, int is_big_endian) {
  uint32_t value = 0;
  for (int i = 0; i < size; i++) {
    value = value << 8 | bytes[is_big_endian ? i : size - 1 - i];
  }
  return value;
}

/// The block as libexif wants it, with the prefix. Of a block that is larger than libexif looks at, the
/// first directory alone: its short values are in it.
static uint8_t *prepared(const uint8_t *bytes, size_t size, size_t *prepared_size) {
  const int is_big_endian = bytes[0] == 'M';
  const uint32_t offset = number_at(bytes + 4, 4, is_big_endian);
  size_t start = 0, count = size;
  if (size > LARGEST) {
    if (offset > size - 2) {
      return NULL;
    }
    start = offset;
    const size_t wanted = 2 + 12 * (size_t)number_at(bytes + offset, 2, is_big_endian);
    count = wanted < size - start ? wanted : size - start;
    count = count < LARGEST - 12 ? count : LARGEST - 12;
  }
  uint8_t *block = calloc(1, PREFIX_SIZE + HEADER_SIZE + count + 4);
  if (block == NULL) {
    return NULL;
  }
  memcpy(block, "Exif\0\0", PREFIX_SIZE);
  if (size > LARGEST) {
    memcpy(block + PREFIX_SIZE, bytes, 4);
    block[PREFIX_SIZE + (is_big_endian ? 7 : 4)] = HEADER_SIZE;
    memcpy(block + PREFIX_SIZE + HEADER_SIZE, bytes + start, count);
    *prepared_size = PREFIX_SIZE + HEADER_SIZE + count + 4;
  } else {
    memcpy(block + PREFIX_SIZE, bytes, size);
    *prepared_size = PREFIX_SIZE + size;
  }
  return block;
}

/// Reads a block, or makes an empty one of none. Null without memory, and for what is no EXIF.
static ExifData *load(const uint8_t *bytes, size_t size) {
  allowed = allowance;
  is_exhausted = 0;
  ExifMem *memory = exif_mem_new(take, retake, give_back);
  ExifData *data = memory == NULL ? NULL : exif_data_new_mem(memory);
  exif_mem_unref(memory);
  if (data == NULL) {
    return NULL;
  }
  exif_data_unset_option(data, EXIF_DATA_OPTION_IGNORE_UNKNOWN_TAGS);
  exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
  exif_data_set_option(data, EXIF_DATA_OPTION_DONT_CHANGE_MAKER_NOTE);
  if (bytes == NULL) {
    exif_data_set_byte_order(data, EXIF_BYTE_ORDER_MOTOROLA);
    return data;
  }
  size_t prepared_size = 0;
  uint8_t *block = prepared(bytes, size, &prepared_size);
  if (block != NULL) {
    exif_data_load_data(data, block, (unsigned)prepared_size);
    free(block);
  }
  unsigned entries = 0;
  for (int i = 0; i < EXIF_IFD_COUNT; i++) {
    entries += data->ifd[i] == NULL ? 0 : data->ifd[i]->count;
  }
  if (entries == 0 || is_exhausted) {
    exif_data_unref(data);
    return NULL;
  }
  return data;
}

static ExifEntry *entry_of(ExifData *data, ExifIfd directory, ExifTag tag) {
  return data->ifd[directory] == NULL ? NULL : exif_content_get_entry(data->ifd[directory], tag);
}

/// The value of an entry of one whole number, whatever its type; -1 for none.
static int64_t whole_number(ExifData *data, ExifIfd directory, ExifTag tag) {
  const ExifEntry *entry = entry_of(data, directory, tag);
  if (entry == NULL || entry->components != 1 || entry->data == NULL ||
      entry->size < exif_format_get_size(entry->format)) {
    return -1;
  }
  const ExifByteOrder order = exif_data_get_byte_order(data);
  switch (entry->format) {
  case EXIF_FORMAT_BYTE:
    return entry->data[0];
  case EXIF_FORMAT_SHORT:
    return exif_get_short(entry->data, order);
  case EXIF_FORMAT_LONG:
    return exif_get_long(entry->data, order);
  case EXIF_FORMAT_SBYTE:
    return (int8_t)entry->data[0];
  case EXIF_FORMAT_SSHORT:
    return exif_get_sshort(entry->data, order);
  case EXIF_FORMAT_SLONG:
    return exif_get_slong(entry->data, order);
  default:
    return -1;
  }
}

/// The value of a fraction; 0 for none.
static double fraction(ExifData *data, ExifTag tag) {
  const ExifEntry *entry = entry_of(data, EXIF_IFD_0, tag);
  if (entry == NULL || entry->format != EXIF_FORMAT_RATIONAL || entry->data == NULL ||
      entry->size < 8) {
    return 0;
  }
  const ExifRational value = exif_get_rational(entry->data, exif_data_get_byte_order(data));
  return value.denominator == 0 ? 0 : (double)value.numerator / (double)value.denominator;
}

int32_t ci_exif_read(const uint8_t *bytes, size_t size, ci_exif *exif) {
  memset(exif, 0, sizeof *exif);
  if (size < HEADER_SIZE + 2 || size > INT_MAX) {
    return 0;
  }
  ExifData *data = load(bytes, size);
  if (data == NULL) {
    return 0;
  }
  const int64_t orientation = whole_number(data, EXIF_IFD_0, EXIF_TAG_ORIENTATION);
  exif->orientation = orientation >= 1 && orientation <= 8 ? (int32_t)orientation : 0;
  const int64_t unit = whole_number(data, EXIF_IFD_0, EXIF_TAG_RESOLUTION_UNIT);
  exif->density_unit = unit < 0 ? 2 : unit > 3 ? 0 : (int32_t)unit;
  exif->density_x = fraction(data, EXIF_TAG_X_RESOLUTION);
  exif->density_y = fraction(data, EXIF_TAG_Y_RESOLUTION);
  exif->width = whole_number(data, EXIF_IFD_EXIF, EXIF_TAG_PIXEL_X_DIMENSION);
  exif->height = whole_number(data, EXIF_IFD_EXIF, EXIF_TAG_PIXEL_Y_DIMENSION);
  exif->has_place = data->ifd[EXIF_IFD_GPS] != NULL && data->ifd[EXIF_IFD_GPS]->count > 0;
  exif->has_maker_note = entry_of(data, EXIF_IFD_EXIF, EXIF_TAG_MAKER_NOTE) != NULL;
  exif->has_comment = entry_of(data, EXIF_IFD_EXIF, EXIF_TAG_USER_COMMENT) != NULL;
  if (data->data != NULL && data->size > 0 && size <= LARGEST) {
    const uint8_t *place = memmem(bytes, size, data->data, data->size);
    if (place != NULL) {
      exif->thumbnail_offset = (size_t)(place - bytes);
      exif->thumbnail_size = data->size;
    }
  }
  exif_data_unref(data);
  return 1;
}

// Writing

/// The entry with room for `size` bytes in place of what it had; null without memory.
static ExifEntry *entry_for(
    ExifData *data, ExifIfd directory, ExifTag tag, ExifFormat format, unsigned size) {
  ExifContent *content = data->ifd[directory];
  ExifEntry *old = entry_of(data, directory, tag);
  if (content == NULL) {
    return NULL;
  }
  if (old != NULL) {
    exif_content_remove_entry(content, old);
  }
  ExifMem *memory = exif_mem_new(take, retake, give_back);
  ExifEntry *entry = memory == NULL ? NULL : exif_entry_new_mem(memory);
  if (entry != NULL) {
    entry->data = exif_mem_alloc(memory, size);
    if (entry->data == NULL) {
      exif_entry_unref(entry);
      entry = NULL;
    }
  }
  exif_mem_unref(memory);
  if (entry == NULL) {
    return NULL;
  }
  entry->tag = tag;
  entry->format = format;
  entry->size = size;
  entry->components = size / exif_format_get_size(format);
  exif_content_add_entry(content, entry);
  // The directory holds it now.
  exif_entry_unref(entry);
  return entry_of(data, directory, tag);
}

static int set_short(ExifData *data, ExifIfd directory, ExifTag tag, uint32_t value) {
  ExifEntry *entry = entry_for(data, directory, tag, EXIF_FORMAT_SHORT, 2);
  if (entry != NULL) {
    exif_set_short(entry->data, exif_data_get_byte_order(data), (ExifShort)value);
  }
  return entry != NULL;
}

static int set_long(ExifData *data, ExifIfd directory, ExifTag tag, uint32_t value) {
  ExifEntry *entry = entry_for(data, directory, tag, EXIF_FORMAT_LONG, 4);
  if (entry != NULL) {
    exif_set_long(entry->data, exif_data_get_byte_order(data), value);
  }
  return entry != NULL;
}

static int set_fraction(ExifData *data, ExifTag tag, const uint32_t value[2]) {
  ExifEntry *entry = entry_for(data, EXIF_IFD_0, tag, EXIF_FORMAT_RATIONAL, 8);
  if (entry != NULL) {
    const ExifRational fraction = {value[0], value[1]};
    exif_set_rational(entry->data, exif_data_get_byte_order(data), fraction);
  }
  return entry != NULL;
}

static int has(ExifData *data, ExifIfd directory, ExifTag tag) {
  return entry_of(data, directory, tag) != NULL;
}

/// Text of 16-bit units, in the byte order of the block as readers expect it.
static int set_comment(ExifData *data, const uint16_t *units, size_t count) {
  static const uint8_t kind[8] = "UNICODE";
  ExifEntry *entry = entry_for(
      data, EXIF_IFD_EXIF, EXIF_TAG_USER_COMMENT, EXIF_FORMAT_UNDEFINED,
      (unsigned)(sizeof kind + 2 * count));
  if (entry == NULL) {
    return 0;
  }
  memcpy(entry->data, kind, sizeof kind);
  for (size_t i = 0; i < count; i++) {
    exif_set_short(
        entry->data + sizeof kind + 2 * i, exif_data_get_byte_order(data), units[i]);
  }
  return 1;
}

static int apply(ExifData *data, const ci_exif_changes *changes) {
  int is_done = 1;
  if (has(data, EXIF_IFD_0, EXIF_TAG_ORIENTATION)) {
    is_done &= set_short(data, EXIF_IFD_0, EXIF_TAG_ORIENTATION, 1);
  }
  if (has(data, EXIF_IFD_0, EXIF_TAG_IMAGE_WIDTH)) {
    is_done &= set_long(data, EXIF_IFD_0, EXIF_TAG_IMAGE_WIDTH, changes->width);
  }
  if (has(data, EXIF_IFD_0, EXIF_TAG_IMAGE_LENGTH)) {
    is_done &= set_long(data, EXIF_IFD_0, EXIF_TAG_IMAGE_LENGTH, changes->height);
  }
  if (has(data, EXIF_IFD_EXIF, EXIF_TAG_PIXEL_X_DIMENSION)) {
    is_done &= set_long(data, EXIF_IFD_EXIF, EXIF_TAG_PIXEL_X_DIMENSION, changes->width);
  }
  if (has(data, EXIF_IFD_EXIF, EXIF_TAG_PIXEL_Y_DIMENSION)) {
    is_done &= set_long(data, EXIF_IFD_EXIF, EXIF_TAG_PIXEL_Y_DIMENSION, changes->height);
  }
  if (changes->density_unit != 0) {
    is_done &= set_fraction(data, EXIF_TAG_X_RESOLUTION, changes->density_x) &&
               set_fraction(data, EXIF_TAG_Y_RESOLUTION, changes->density_y) &&
               set_short(
                   data, EXIF_IFD_0, EXIF_TAG_RESOLUTION_UNIT, (uint32_t)changes->density_unit);
  }
  if (changes->comment_size > 0) {
    is_done &= set_comment(data, changes->comment, changes->comment_size);
  }
  // The thumbnail is of the picture as it was.
  if (data->data != NULL) {
    give_back(data->data);
    data->data = NULL;
    data->size = 0;
  }
  ExifContent *second = data->ifd[EXIF_IFD_1];
  while (second != NULL && second->count > 0) {
    exif_content_remove_entry(second, second->entries[0]);
  }
  return is_done;
}

uint8_t *ci_exif_write(
    const uint8_t *bytes, size_t size, const ci_exif_changes *changes, size_t *written) {
  *written = 0;
  if (bytes != NULL && (size < HEADER_SIZE + 2 || size > LARGEST)) {
    return NULL;
  }
  ExifData *data = load(bytes, size);
  if (data == NULL) {
    return NULL;
  }
  unsigned char *saved = NULL;
  unsigned saved_size = 0;
  uint8_t *answer = NULL;
  if (apply(data, changes)) {
    exif_data_save_data(data, &saved, &saved_size);
  }
  if (saved != NULL && saved_size > PREFIX_SIZE && !is_exhausted) {
    answer = malloc(saved_size - PREFIX_SIZE);
    if (answer != NULL) {
      memcpy(answer, saved + PREFIX_SIZE, saved_size - PREFIX_SIZE);
      *written = saved_size - PREFIX_SIZE;
    }
  }
  give_back(saved);
  exif_data_unref(data);
  return answer;
}
