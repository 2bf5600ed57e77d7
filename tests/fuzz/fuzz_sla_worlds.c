/* Several documents at once, divided by lines `%%`: templates, what extends them, policies, offers
 * and U-Clouds as separate files. Findings stay inside their texts, and the order of the files
 * changes neither whether they compile nor what to. */
#include <string.h>

#include "sla/sla.h"
#include "tests/fuzz/fuzz.h"

enum { SIZE_MAX_BYTES = 16 * 1024, SOURCES_MAX = 8, EXPANSIONS = 400 };

struct outcome {
    struct arena arena;
    struct diag_list diags;
    struct diag_source sources[SOURCES_MAX];
    const struct sla_world *world;
};

static size_t divide(struct slice text, struct slice out[SOURCES_MAX])
{
    size_t count = 0;

    while (count < SOURCES_MAX && text.len > 0) {
        size_t end = count + 1 < SOURCES_MAX ? slice_find_text(text, SLICE("\n%%\n")) : text.len;
        bool last = end == text.len;
        out[count++] = slice_sub(text, 0, last ? end : end + 1);
        text = slice_sub(text, last ? end : end + 4, text.len);
    }
    return count;
}

static void check_spans(const struct diag_list *diags)
{
    for (const struct diag *at = diags->first; at != NULL; at = at->next) {
        const struct diag_span *span = &at->span;
        FUZZ_CHECK(at->helps != NULL || at->notes != NULL);
        FUZZ_CHECK(span->source == NULL ||
                   (span->byte <= span->byte_end && span->byte_end <= span->source->text.len));
        for (const struct diag_label *label = at->labels; label != NULL; label = label->next) {
            FUZZ_CHECK(label->span.source == NULL ||
                       label->span.byte_end <= label->span.source->text.len);
        }
    }
}

static void compile(const struct slice *texts, size_t count, bool reversed, struct outcome *out)
{
    static const char *const names[SOURCES_MAX] = { "a", "b", "c", "d", "e", "f", "g", "h" };
    struct sla_options options = { .without_repairs = true, .max_expansions = EXPANSIONS };

    *out = (struct outcome){ 0 };
    diag_list_init(&out->diags, &out->arena);
    for (size_t i = 0; i < count; i++) {
        size_t from = reversed ? count - 1 - i : i;
        out->sources[i] = (struct diag_source){ names[from], texts[from] };
    }
    out->world = sla_compile(&out->arena, out->sources, count, &options, &out->diags);
    FUZZ_CHECK(out->world != NULL || out->diags.errors > 0);
    check_spans(&out->diags);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct slice text = { (const char *)bytes, size < SIZE_MAX_BYTES ? size : SIZE_MAX_BYTES };
    struct slice texts[SOURCES_MAX];
    size_t count = divide(text, texts);
    struct outcome forth;
    struct outcome back;

    compile(texts, count, false, &forth);
    compile(texts, count, true, &back);
    FUZZ_CHECK((forth.world == NULL) == (back.world == NULL));
    if (forth.world != NULL) {
        FUZZ_CHECK(strcmp(forth.world->policies.digest, back.world->policies.digest) == 0);
        FUZZ_CHECK(forth.world->clause_count == back.world->clause_count);
        FUZZ_CHECK(forth.world->policies.policy_count == back.world->policies.policy_count);
        FUZZ_CHECK(forth.world->policies.reaction_count == back.world->policies.reaction_count);
        FUZZ_CHECK(forth.diags.errors == back.diags.errors);
    }
    arena_done(&forth.arena);
    arena_done(&back.arena);
    return 0;
}
