/* detect/siphash.h - SipHash-2-4: a short keyed hash, so that nobody who does not know the key can
 * choose values that fall into one bucket. (Aumasson and Bernstein, INDOCRYPT 2012) Pure. */
#ifndef REDAN_DETECT_SIPHASH_H
#define REDAN_DETECT_SIPHASH_H

#include <stdint.h>

#include "base/slice.h"

uint64_t siphash(const uint64_t key[2], struct slice bytes);

#endif
