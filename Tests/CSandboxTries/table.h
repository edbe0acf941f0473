// Makes functions and a table of the tries in a header, which is read twice:
//
//   #define TRIES "files.h"
//   #define GROUP "files"
//   #define TABLE st_files
//   #include "table.h"
//
// The header has lines DENIED(identifier, name, expression), and ALLOWED and ROOT_MAY(identifier, name,
// reason, expression); `at` in the expression is the st_place.

#define DENIED(identifier, name, ...) \
  static long identifier(const st_place *at) { \
    (void)at; \
    return (long)(__VA_ARGS__); \
  }
#define ALLOWED(identifier, name, reason, ...) DENIED(identifier, name, __VA_ARGS__)
#define ROOT_MAY ALLOWED
#include TRIES
#undef DENIED
#undef ALLOWED
#undef ROOT_MAY

#define DENIED(identifier, name, ...) {GROUP, name, NULL, 0, identifier},
#define ALLOWED(identifier, name, reason, ...) {GROUP, name, reason, 0, identifier},
#define ROOT_MAY(identifier, name, reason, ...) {GROUP, name, reason, 1, identifier},
const st_try TABLE[] = {
#include TRIES
    {"", "", NULL, 0, NULL}};
#undef DENIED
#undef ALLOWED
#undef ROOT_MAY
