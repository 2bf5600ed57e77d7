/* Any bytes: both readers agree but for repeated keys; a tree that is written is read back as the
 * same; and what the writer makes of the bytes is read back (whole, when they are UTF-8). */
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"
#include "tests/fuzz/fuzz.h"

static bool is_utf8(struct slice text)
{
    uint32_t code = 0;

    while (text.len > 0) {
        size_t size = utf8_decode(text, &code);
        if (size == 0) {
            return false;
        }
        text = slice_sub(text, size, text.len);
    }
    return true;
}

static void check_round_trip(struct arena *arena, const struct json *tree, bool pretty)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct json_writer writer = { .out = &out, .pretty = pretty };
    const struct json *again = NULL;

    json_put_tree(&writer, tree);
    struct status status = json_read(arena, buf_slice(&out), &again);
    FUZZ_CHECK(status.code == STATUS_OK && json_eq(tree, again));
}

static void check_reading(struct arena *arena, struct slice text)
{
    const struct json *strict = NULL;
    const struct json *repeated = NULL;
    struct status one = json_read(arena, text, &strict);
    struct status other = json_read_repeated(arena, text, &repeated);

    FUZZ_CHECK(one.code != STATUS_OK || other.code == STATUS_OK);
    if (one.code == STATUS_OK) {
        FUZZ_CHECK(json_eq(strict, repeated));
        check_round_trip(arena, strict, false);
        check_round_trip(arena, strict, true);
    } else if (other.code == STATUS_OK) {
        FUZZ_CHECK(strstr(one.msg, "twice") != NULL);
        (void)json_eq(repeated, repeated); /* ends */
    }
}

static void check_writing(struct arena *arena, struct slice text)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct json_writer writer = { .out = &out };
    const struct json *again = NULL;

    json_put_text(&writer, text);
    struct status status = json_read(arena, buf_slice(&out), &again);
    FUZZ_CHECK(status.code == STATUS_OK && again->kind == JSON_STRING);
    FUZZ_CHECK(slice_eq(again->text, text) || !is_utf8(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct slice text = { (const char *)bytes, size };

    check_reading(&arena, text);
    check_writing(&arena, text);
    return 0;
}
