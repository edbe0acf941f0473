#ifndef CKERNELINTRINSICS_H
#define CKERNELINTRINSICS_H

/// Instructions that Swift cannot express, for the kernels to inline.

#define CK_INLINE static inline __attribute__((always_inline))

/// Brings a cache line into the first-level cache.
CK_INLINE void ck_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

/// Brings a cache line into the second-level cache.
CK_INLINE void ck_prefetch_far(const void *address) { __builtin_prefetch(address, 0, 2); }

// Swift knows these as SIMD8<Float>, SIMD8<Int32>, SIMD16<Float> and SIMD16<Int32>.
typedef float ck_float8 __attribute__((ext_vector_type(8)));
typedef float ck_float16 __attribute__((ext_vector_type(16)));
typedef int ck_int8 __attribute__((ext_vector_type(8)));
typedef int ck_int16 __attribute__((ext_vector_type(16)));

/// a * b + c, fused. (Swift's own is generated lane by lane and recombined by the optimiser, sometimes into
/// two halves.)
CK_INLINE ck_float8 ck_multiply_add8(ck_float8 a, ck_float8 b, ck_float8 c) {
  return __builtin_elementwise_fma(a, b, c);
}
CK_INLINE ck_float16 ck_multiply_add16(ck_float16 a, ck_float16 b, ck_float16 c) {
  return __builtin_elementwise_fma(a, b, c);
}

/// Integers as floats, rounded to nearest.
CK_INLINE ck_float8 ck_floats8(ck_int8 a) { return __builtin_convertvector(a, ck_float8); }
CK_INLINE ck_float16 ck_floats16(ck_int16 a) { return __builtin_convertvector(a, ck_float16); }

/// The larger of each two lanes.
CK_INLINE ck_int8 ck_larger8(ck_int8 a, ck_int8 b) { return __builtin_elementwise_max(a, b); }
CK_INLINE ck_int16 ck_larger16(ck_int16 a, ck_int16 b) { return __builtin_elementwise_max(a, b); }

/// `value` where it is positive, `slope * value` where it is negative.
CK_INLINE ck_float8 ck_activated8(ck_float8 value, ck_float8 slope) {
  return value < 0 ? value * slope : value;
}
CK_INLINE ck_float16 ck_activated16(ck_float16 value, ck_float16 slope) {
  return value < 0 ? value * slope : value;
}

// Two vectors folded to one by adding two lanes, or taking the larger: after two folds of
// neighbours a lane of 128 bits holds one result each of four vectors; after the folds of such lanes
// the vector does.

#define CK_EVEN_8(a, b) __builtin_shufflevector(a, b, 0, 2, 8, 10, 4, 6, 12, 14)
#define CK_ODD_8(a, b) __builtin_shufflevector(a, b, 1, 3, 9, 11, 5, 7, 13, 15)
#define CK_EVEN_LANES_8(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define CK_ODD_LANES_8(a, b) __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15)
#define CK_EVEN_16(a, b) \
  __builtin_shufflevector(a, b, 0, 2, 16, 18, 4, 6, 20, 22, 8, 10, 24, 26, 12, 14, 28, 30)
#define CK_ODD_16(a, b) \
  __builtin_shufflevector(a, b, 1, 3, 17, 19, 5, 7, 21, 23, 9, 11, 25, 27, 13, 15, 29, 31)
#define CK_EVEN_LANES_16(a, b) \
  __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27)
#define CK_ODD_LANES_16(a, b) \
  __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31)

// Hides how a value was computed from the compiler, which would otherwise move the shuffles before the
// arithmetic and do that on single lanes.
#define CK_KEEP(a) __asm__("" : "+v"(a))

#define CK_FOLDS(n)                                                                      \
  CK_INLINE ck_float##n ck_add_neighbours##n(ck_float##n a, ck_float##n b) {             \
    CK_KEEP(a);                                                                          \
    CK_KEEP(b);                                                                          \
    return CK_EVEN_##n(a, b) + CK_ODD_##n(a, b);                                         \
  }                                                                                      \
  CK_INLINE ck_float##n ck_larger_neighbours##n(ck_float##n a, ck_float##n b) {          \
    return (ck_float##n)ck_larger##n(                                                    \
        (ck_int##n)CK_EVEN_##n(a, b), (ck_int##n)CK_ODD_##n(a, b));                      \
  }                                                                                      \
  CK_INLINE ck_float##n ck_add_lanes##n(ck_float##n a, ck_float##n b) {                  \
    return CK_EVEN_LANES_##n(a, b) + CK_ODD_LANES_##n(a, b);                             \
  }                                                                                      \
  CK_INLINE ck_float##n ck_larger_lanes##n(ck_float##n a, ck_float##n b) {               \
    return (ck_float##n)ck_larger##n(                                                    \
        (ck_int##n)CK_EVEN_LANES_##n(a, b), (ck_int##n)CK_ODD_LANES_##n(a, b));          \
  }
#ifdef __AVX2__
CK_FOLDS(8)
#endif
#ifdef __AVX512F__
CK_FOLDS(16)
#endif

#ifdef __AVX512F__
/// VRSQRT14PS: 1 / sqrt(a), off by at most 2^-14 of it.
CK_INLINE ck_float16 ck_inverse_root16(ck_float16 a) {
  typedef float floats __attribute__((__vector_size__(64)));
  return (ck_float16)__builtin_ia32_rsqrt14ps512_mask((floats)a, (floats)a, (unsigned short)-1);
}

/// VPDPWSSD: sum + a.low * b.low + a.high * b.high for the 16-bit halves of each lane. In assembly,
/// because the compiler takes the intrinsic apart into a multiplication and an addition.
CK_INLINE ck_int16 ck_dot16(ck_int16 sum, ck_int16 a, ck_int16 b) {
  __asm__("vpdpwssd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
  return sum;
}
#endif

#ifdef __AVX2__
/// VRSQRTPS: 1 / sqrt(a), off by at most 1.5 * 2^-12 of it.
CK_INLINE ck_float8 ck_inverse_root8(ck_float8 a) {
  typedef float floats __attribute__((__vector_size__(32)));
  return (ck_float8)__builtin_ia32_rsqrtps256((floats)a);
}

/// VPMADDWD and VPADDD: the same for 8 lanes.
CK_INLINE ck_int8 ck_dot8(ck_int8 sum, ck_int8 a, ck_int8 b) {
  typedef short shorts __attribute__((__vector_size__(32)));
  return sum + (ck_int8)__builtin_ia32_pmaddwd256((shorts)a, (shorts)b);
}
#endif

#endif
