/* Any bytes as documents: findings stay inside the text, render, and leave
 * as SARIF and annotations; a world compiles to the same
 * bytes twice; every conflict has a certificate the checker accepts, and every repair mends. */
#include <string.h>

#include "base/diag_github.h"
#include "base/diag_sarif.h"
#include "sla/certificate/certificate.h"
#include "sla/sla.h"
#include "tests/fuzz/fuzz.h"

enum { SIZE_MAX_BYTES = 16 * 1024, EXPANSIONS = 400, FINDINGS_MAX = 20 };

static void check_span(const struct diag_span *span)
{
    if (span->source != NULL) {
        FUZZ_CHECK(span->byte <= span->byte_end && span->byte_end <= span->source->text.len);
        FUZZ_CHECK(span->line >= 1 && diag_span_start(*span).col >= 1);
    }
}

static void check_findings(const struct diag_list *diags, struct buf *out)
{
    size_t checked = 0;

    for (const struct diag *at = diags->first; at != NULL && checked < FINDINGS_MAX;
         at = at->next, checked++) {
        struct json_writer writer = { .out = out };
        check_span(&at->span);
        for (const struct diag_label *label = at->labels; label != NULL; label = label->next) {
            check_span(&label->span);
        }
        FUZZ_CHECK(at->helps != NULL || at->notes != NULL);
        diag_write_json(at, &writer);
    }
    diag_render_list(diags, (struct diag_style){ 0 }, out);
    for (size_t i = 0; i < out->len; i++) {
        FUZZ_CHECK(out->ptr[i] != '\033');
    }
}

static struct diag_rule rule(uint32_t code)
{
    (void)code;
    return (struct diag_rule){ "a finding", "other", "5.0" };
}

/* The log is JSON; of annotations each line is one, whatever the text holds. */
static void check_exports(const struct diag_list *diags)
{
    const struct diag_sarif about = { "Redan", "0", "https://docs.invalid/", "/", 0, rule };
    CLEANUP(arena_done) struct arena arena = { 0 };
    CLEANUP(buf_done) struct buf out = { 0 };
    const struct json *log = NULL;

    diag_write_sarif(diags, &about, &out);
    struct status status = json_read(&arena, buf_slice(&out), &log);
    FUZZ_CHECK(status.code == STATUS_OK);
    buf_clear(&out);
    diag_write_github(diags, "/", &out);
    struct slice rest = buf_slice(&out);
    while (rest.len > 0) {
        FUZZ_CHECK(slice_starts(slice_cut(&rest, '\n'), SLICE("::")));
    }
}

static void check_repair(const struct sla_world *world, const struct sla_conflict *conflict,
                         size_t choice)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct sla_options options = { .partial = true, .without_repairs = true };
    struct diag_source *sources = NULL;
    struct diag_list diags;
    struct status status = sla_repair_apply(&arena, world, conflict, choice, &sources, NULL);

    FUZZ_CHECK(status.code == STATUS_OK);
    diag_list_init(&diags, &arena);
    const struct sla_world *after =
        sla_compile(&arena, sources, world->source_count, &options, &diags);
    FUZZ_CHECK(after != NULL && after->conflict_count < world->conflict_count);
    FUZZ_CHECK(strcmp(after->policies.digest, conflict->repairs[choice].digest) == 0);
}

static void check_world(const struct sla_world *world, struct buf *out)
{
    for (size_t i = 0; i < world->conflict_count; i++) {
        const struct sla_conflict *conflict = &world->conflicts[i];
        struct status status = sla_certificate_check(world, conflict);
        FUZZ_CHECK(status.code == STATUS_OK);
        struct json_writer writer = { .out = out };
        sla_conflict_write_json(world, conflict, &writer);
        for (size_t j = 0; j < conflict->repair_count; j++) {
            check_repair(world, conflict, j);
        }
    }
    struct json_writer writer = { .out = out };
    sla_summary_write_json(world, &writer);
}

static void compile(struct slice text, bool thoroughly, struct buf *out)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct sla_options options = { .partial = true, .max_expansions = EXPANSIONS };
    struct diag_source source = { "fuzz.yaml", text };
    struct diag_list diags;

    diag_list_init(&diags, &arena);
    const struct sla_world *world = sla_compile(&arena, &source, 1, &options, &diags);
    FUZZ_CHECK(world != NULL || diags.errors > 0);
    check_findings(&diags, out);
    if (thoroughly) {
        check_exports(&diags);
    }
    if (world != NULL && thoroughly) {
        CLEANUP(buf_done) struct buf json = { 0 };
        check_world(world, &json);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(buf_done) struct buf once = { 0 };
    CLEANUP(buf_done) struct buf twice = { 0 };
    struct slice text = { (const char *)bytes, size < SIZE_MAX_BYTES ? size : SIZE_MAX_BYTES };

    compile(text, true, &once);
    compile(text, false, &twice);
    FUZZ_CHECK(slice_eq(buf_slice(&once), buf_slice(&twice)));
    return 0;
}
