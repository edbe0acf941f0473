#include <errno.h>

#include "tries.h"

/// For calls whose arguments are wrong on purpose, so that they do no harm: the kernel's complaint about
/// them is as good as an answer.
static inline long reached(long result) {
  const int refused = errno == EPERM || errno == EACCES || errno == ENOSYS;
  return result < 0 && !refused ? 0 : result;
}
