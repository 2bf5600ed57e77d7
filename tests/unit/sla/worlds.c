#include "tests/unit/sla/worlds.h"

#include "base/file.h"
#include "sla/certificate/certificate.h"
#include "sla/code.h"

enum { FILE_BYTES_MAX = 1024 * 1024 };

void bench_start(struct bench *bench)
{
    *bench = (struct bench){ 0 };
    diag_list_init(&bench->diags, &bench->arena);
}

void bench_end(struct bench *bench)
{
    arena_done(&bench->arena);
}

void bench_clear(struct bench *bench)
{
    diag_list_init(&bench->diags, &bench->arena);
    bench->count = 0;
    bench->world = NULL;
    bench->options = (struct sla_options){ 0 };
}

void bench_add(struct bench *bench, struct slice text)
{
    struct slice name = arena_printf(&bench->arena, "f%zu.yaml", bench->count + 1);

    bench->sources[bench->count++] = (struct diag_source){ name.ptr, text };
}

void bench_add_file(struct bench *bench, const char *path)
{
    struct slice text = { 0 };

    ASSERT_OK(file_load(&bench->arena, path, FILE_BYTES_MAX, &text));
    bench->sources[bench->count++] = (struct diag_source){ path, text };
}

void bench_compile(struct bench *bench)
{
    bench->world =
        sla_compile(&bench->arena, bench->sources, bench->count, &bench->options, &bench->diags);
}

void bench_compile_part(struct bench *bench, struct slice text)
{
    bench_clear(bench);
    bench->options.partial = true;
    bench_add(bench, text);
    bench_compile(bench);
}

struct slice bench_resembling(struct bench *bench)
{
    CLEANUP(buf_done) struct buf said = { 0 };

    for (const struct diag *at = bench->diags.first; at != NULL; at = at->next) {
        if (at->code == SLA_CODE_RESEMBLING) {
            struct slice text = at->span.source->text;
            struct slice name = slice_sub(text, at->span.byte, at->span.byte_end);
            CU_ASSERT_TRUE(at->level == DIAG_WARNING && !at->fixes->safe);
            buf_printf(&said, "%s%u %.*s %.*s", said.len > 0 ? "; " : "", at->span.line,
                       SLICE_ARG(name), SLICE_ARG(at->fixes->edits->text));
        }
    }
    return arena_copy(&bench->arena, buf_slice(&said));
}

struct slice bench_findings(struct bench *bench)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    for (const struct diag *at = bench->diags.first; at != NULL; at = at->next) {
        if (at->code != SLA_CODE_ADVERTISED) {
            buf_printf(&text, "%s%u %u:%u", text.len == 0 ? "" : "; ", at->code, at->span.line,
                       diag_span_start(at->span).col);
        }
    }
    return arena_copy(&bench->arena, buf_slice(&text));
}

const struct diag *bench_find(const struct bench *bench, unsigned code)
{
    const struct diag *at = bench->diags.first;

    while (at != NULL && at->code != code) {
        at = at->next;
    }
    return at;
}

bool bench_has(const struct bench *bench, unsigned code)
{
    return bench_find(bench, code) != NULL;
}

struct slice text_sla(struct bench *bench, const char *name, const char *spec)
{
    return arena_printf(&bench->arena,
                        "apiVersion: redan/v1\nkind: SecuritySLA\n"
                        "metadata: {name: %s, party: %s, role: tenant, ucloud: store}\n"
                        "spec:\n%s",
                        name, name, spec);
}

struct slice text_offer(struct bench *bench, const char *name, const char *spec)
{
    return arena_printf(&bench->arena,
                        "apiVersion: redan/v1\nkind: ProviderOffer\n"
                        "metadata: {name: %s, party: %s, role: provider, assertedBy: {party: %s, "
                        "how: transcribed}}\n"
                        "spec:\n%s",
                        name, name, name, spec);
}

struct slice text_ucloud(struct bench *bench, const char *name, const char *party,
                         const char *resources)
{
    return arena_printf(&bench->arena,
                        "apiVersion: redan/v1\nkind: UCloud\n"
                        "metadata: {name: %s, party: %s, role: tenant}\n"
                        "spec:\n  resources:\n%s",
                        name, party, resources);
}

void check_certificates(const struct sla_world *world)
{
    for (size_t i = 0; i < world->conflict_count; i++) {
        ASSERT_OK(sla_certificate_check(world, &world->conflicts[i]));
        CU_ASSERT_TRUE(slice_starts(world->conflicts[i].id, SLICE("cf-")));
        CU_ASSERT_TRUE(world->conflicts[i].witness.len > 0);
        CU_ASSERT_PTR_EQUAL(sla_world_conflict(world, world->conflicts[i].id),
                            &world->conflicts[i]);
    }
}

static bool same_pair(const struct sla_conflict *a, const struct sla_conflict *b)
{
    bool same = a->class == b->class && a->clause_count == b->clause_count;

    for (size_t i = 0; same && i < a->clause_count; i++) {
        same = slice_eq(a->clauses[i]->ref.clause, b->clauses[i]->ref.clause) &&
               slice_eq(a->clauses[i]->ref.party, b->clauses[i]->ref.party);
    }
    return same;
}

void check_repairs(struct bench *bench)
{
    const struct sla_world *world = bench->world;

    for (size_t i = 0; i < world->conflict_count; i++) {
        const struct sla_conflict *conflict = &world->conflicts[i];
        for (size_t j = 0; j < conflict->repair_count; j++) {
            struct diag_source *sources = NULL;
            bool *changed = NULL;
            struct diag_list diags;
            diag_list_init(&diags, &bench->arena);
            ASSERT_OK(sla_repair_apply(&bench->arena, world, conflict, j, &sources, &changed));
            const struct sla_world *after =
                sla_compile(&bench->arena, sources, world->source_count, &bench->options, &diags);
            CU_ASSERT_PTR_NOT_NULL_FATAL(after);
            ASSERT_TEXT(slice_from(after->policies.digest), conflict->repairs[j].digest);
            CU_ASSERT_TRUE(after->conflict_count < world->conflict_count);
            for (size_t k = 0; k < after->conflict_count; k++) {
                CU_ASSERT_FALSE(same_pair(&after->conflicts[k], conflict));
            }
        }
    }
}
