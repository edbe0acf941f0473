// What libjpeg's warnings say of a picture's pixels. Include stdio.h and jpeglib.h before.
#ifndef CIMAGECODECS_JPEG_DAMAGE_H
#define CIMAGECODECS_JPEG_DAMAGE_H

#include "CImageCodecs.h"

/// Sorts a warning that libjpeg has just given: by far not each of them means that pixels are wrong.
void ci_jpeg_note_warning(j_decompress_ptr jpeg, ci_report *report);

/// After a file of several scans that ended early: what did not come at all. No warning tells of it.
void ci_jpeg_note_missing_scans(j_decompress_ptr jpeg, ci_report *report);

#endif
