// How libjpeg's failures are caught, for reading and writing.
#ifndef CIMAGECODECS_JPEG_GUARD_H
#define CIMAGECODECS_JPEG_GUARD_H

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

#include "internal.h"

/// Shared by reading and writing, reached through `err`: `errors` comes first.
struct ci_jpeg_guard {
  struct jpeg_error_mgr errors;
  jmp_buf jump;
  ci_report *report;
};

/// Has failures noted in `report` and jump to `guard->jump`; returns what libjpeg is to be given.
struct jpeg_error_mgr *ci_jpeg_set_up(struct ci_jpeg_guard *guard, ci_report *report);

#endif
