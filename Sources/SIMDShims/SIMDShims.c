// Compiled for the architecture's baseline, so that this check runs on any processor.
#include "ProcessorFeatures.h"

#include <stddef.h>

#if defined(__x86_64__)
#define REQUIRE(bit, name) \
  if ((required & (bit)) && !__builtin_cpu_supports(name)) return name
#else
#define REQUIRE(bit, name)
#endif

const char *processor_feature_missing(uint32_t required) {
#if defined(__x86_64__)
  __builtin_cpu_init();
#else
  (void)required;
#endif
  REQUIRE(feature_avx, "avx");
  REQUIRE(feature_avx2, "avx2");
  REQUIRE(feature_fma, "fma");
  REQUIRE(feature_bmi2, "bmi2");
  REQUIRE(feature_avx512f, "avx512f");
  REQUIRE(feature_avx512bw, "avx512bw");
  REQUIRE(feature_avx512dq, "avx512dq");
  REQUIRE(feature_avx512vl, "avx512vl");
  REQUIRE(feature_avx512vbmi, "avx512vbmi");
  REQUIRE(feature_avx512vbmi2, "avx512vbmi2");
  REQUIRE(feature_avx512vnni, "avx512vnni");
  REQUIRE(feature_avx512bf16, "avx512bf16");
  REQUIRE(feature_gfni, "gfni");
  return NULL;
}
