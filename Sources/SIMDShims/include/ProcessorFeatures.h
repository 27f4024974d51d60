// Which instruction sets a target was compiled for, and which of them the current processor lacks.
#ifndef REFINERY_PROCESSOR_FEATURES_H
#define REFINERY_PROCESSOR_FEATURES_H

#include <stdint.h>

enum {
  feature_avx = 1 << 0,
  feature_avx2 = 1 << 1,
  feature_fma = 1 << 2,
  feature_bmi2 = 1 << 3,
  feature_avx512f = 1 << 4,
  feature_avx512bw = 1 << 5,
  feature_avx512dq = 1 << 6,
  feature_avx512vl = 1 << 7,
  feature_avx512vbmi = 1 << 8,
  feature_avx512vbmi2 = 1 << 9,
  feature_avx512vnni = 1 << 10,
  feature_avx512bf16 = 1 << 11,
  feature_gfni = 1 << 12,
};

/// The instruction sets that the including target is compiled for, as bits of the enumeration above.
static inline uint32_t processor_features_compiled_for(void) {
  uint32_t features = 0;
#ifdef __AVX__
  features |= feature_avx;
#endif
#ifdef __AVX2__
  features |= feature_avx2;
#endif
#ifdef __FMA__
  features |= feature_fma;
#endif
#ifdef __BMI2__
  features |= feature_bmi2;
#endif
#ifdef __AVX512F__
  features |= feature_avx512f;
#endif
#ifdef __AVX512BW__
  features |= feature_avx512bw;
#endif
#ifdef __AVX512DQ__
  features |= feature_avx512dq;
#endif
#ifdef __AVX512VL__
  features |= feature_avx512vl;
#endif
#ifdef __AVX512VBMI__
  features |= feature_avx512vbmi;
#endif
#ifdef __AVX512VBMI2__
  features |= feature_avx512vbmi2;
#endif
#ifdef __AVX512VNNI__
  features |= feature_avx512vnni;
#endif
#ifdef __AVX512BF16__
  features |= feature_avx512bf16;
#endif
#ifdef __GFNI__
  features |= feature_gfni;
#endif
  return features;
}

/// The name of the first of `required` that this processor lacks; NULL if it has all.
const char *processor_feature_missing(uint32_t required);

#endif
