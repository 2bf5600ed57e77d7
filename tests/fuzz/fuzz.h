/* tests/fuzz/fuzz.h - what a fuzz target is: one property of one decoder.
 *
 * Bytes in, 0 out; a broken property aborts (FUZZ_CHECK). Targets do not print and keep nothing
 * from one input to the next. */
#ifndef REDAN_TESTS_FUZZ_FUZZ_H
#define REDAN_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* libFuzzer calls it by this name (llvm.org/docs/LibFuzzer.html); replay.c as well. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define FUZZ_CHECK(property)                                                                       \
    do {                                                                                           \
        if (!(property)) {                                                                         \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#endif
