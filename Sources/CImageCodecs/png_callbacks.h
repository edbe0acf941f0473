// What libpng calls, for reading and writing.
#ifndef CIMAGECODECS_PNG_CALLBACKS_H
#define CIMAGECODECS_PNG_CALLBACKS_H

#include <png.h>

void ci_png_warning(png_structp png, png_const_charp message);
/// Notes the failure and jumps to the `setjmp` of the reader or writer.
_Noreturn void ci_png_error(png_structp png, png_const_charp message);
png_voidp ci_png_allocate(png_structp png, png_alloc_size_t size);
void ci_png_release(png_structp png, png_voidp memory);

#endif
