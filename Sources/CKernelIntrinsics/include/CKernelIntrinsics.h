#ifndef CKERNELINTRINSICS_H
#define CKERNELINTRINSICS_H

/// Instructions that Swift cannot say, for the kernels to inline.

/// Brings a cache line into the first-level cache.
static inline __attribute__((always_inline)) void ck_prefetch(const void *address) {
  __builtin_prefetch(address, 0, 3);
}

/// Brings a cache line into the second-level cache.
static inline __attribute__((always_inline)) void ck_prefetch_far(const void *address) {
  __builtin_prefetch(address, 0, 2);
}

#endif
