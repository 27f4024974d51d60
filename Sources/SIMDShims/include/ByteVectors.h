// Building blocks of the reader's vector loop. The algorithm is written once, in generic/, on top of the few operations that
// differ between instruction sets: haswell/ for AVX2, icelake/ for AVX-512 with VBMI2, portable/ for any other processor.
// Results are bit-identical.
#ifndef REFINERY_BYTE_VECTORS_H
#define REFINERY_BYTE_VECTORS_H

#if defined(__AVX512BW__) && defined(__AVX512DQ__) && defined(__AVX512VL__) && defined(__AVX512VBMI2__)
#include "icelake/words.h"
#elif defined(__AVX2__)
#include "haswell/words.h"
#else
#include "portable/words.h"
#endif

#include "generic/find_tokens.h"
#include "generic/convert_entries.h"

#endif
