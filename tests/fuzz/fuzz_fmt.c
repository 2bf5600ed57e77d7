/* Any bytes as a document to lay out: refused with a finding, or a text that says the same (sla_fmt
 * compares by itself, an internal error is one here) and that stays as it is. */
#include "sla/edit/fmt.h"
#include "tests/fuzz/fuzz.h"

enum { SIZE_MAX_BYTES = 16 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct slice text = { (const char *)bytes, size < SIZE_MAX_BYTES ? size : SIZE_MAX_BYTES };
    struct diag_source source = { "fuzz.yaml", text };
    struct slice once = { 0 };
    struct slice twice = { 0 };
    struct diag_list diags;

    diag_list_init(&diags, &arena);
    struct status status = sla_fmt(&arena, &source, &diags, &once);
    if (status.code == STATUS_INVALID) {
        FUZZ_CHECK(diags.errors > 0 && once.ptr == NULL);
        return 0;
    }
    if (status.code == STATUS_UNSUPPORTED) {
        return 0; /* a word cannot stand where it should */
    }
    FUZZ_CHECK(status_ok(&status) && diags.errors == 0);
    source.text = once;
    status = sla_fmt(&arena, &source, &diags, &twice);
    FUZZ_CHECK(status_ok(&status) && slice_eq(once, twice));
    return 0;
}
