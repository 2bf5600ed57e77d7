/* Any bytes as the note on a domain or bucket, which its owner may edit: what is read is within its
 * limits and good, and printed it reads back to the same. */
#include "base/arena.h"
#include "planes/hold.h"
#include "tests/fuzz/fuzz.h"

static void check_holds(const struct holds *holds)
{
    FUZZ_CHECK(holds->count <= HOLDS_MAX && holds->note_count <= HOLD_NOTES_MAX);
    for (size_t i = 0; i < holds->count; i++) {
        struct status valid = action_validate(&holds->items[i].action);
        FUZZ_CHECK(valid.code == STATUS_OK);
        FUZZ_CHECK(holds_find(holds, &holds->items[i].action.id) == &holds->items[i]);
        FUZZ_CHECK(hold_left_ms(&holds->items[i], 1000) >= -1);
    }
    for (size_t i = 0; i < holds->note_count; i++) {
        FUZZ_CHECK(holds_note(holds, holds->notes[i].key) == holds->notes[i].value);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    CLEANUP(buf_done) struct buf once = { 0 };
    CLEANUP(buf_done) struct buf twice = { 0 };
    struct holds *holds = ARENA_NEW(&arena, struct holds, 2);

    struct status parsed = holds_parse((struct slice){ (const char *)bytes, size }, &holds[0]);
    FUZZ_CHECK(parsed.code == STATUS_OK || parsed.code == STATUS_CORRUPT);
    if (parsed.code != STATUS_OK) {
        FUZZ_CHECK(holds[0].count == 0 && holds[0].note_count == 0);
        return 0;
    }
    check_holds(&holds[0]);
    holds_print(&holds[0], &once);
    parsed = holds_parse(buf_slice(&once), &holds[1]);
    FUZZ_CHECK(parsed.code == STATUS_OK);
    holds_print(&holds[1], &twice);
    FUZZ_CHECK(slice_eq(buf_slice(&once), buf_slice(&twice)));
    return 0;
}
