/* bench_sla [CLAUSES]: what it costs to compile SLAs. Worlds are written in flow and in block
 * style; compiling one (parse, check, resolve, policies, what each plane shall look like; without
 * the search for conflicts, which has rows of its own) alternates with libyaml's event parse of the
 * same bytes, with nothing between the two; the smallest of all runs is printed. What else is done
 * with a world is measured apart, when that is over. The rows of growth compile a world and one
 * twice as large in one respect: linear work gives 2. CLAUSES leaves out the worlds with more of
 * them (100,000 by default; the largest needs gigabytes). */
#include "base/buf.h"
#include "base/parse.h"
#include "bench/report.h"
#include "sla/emit/desired.h"
#include "sla/emit/emit.h"
#include "sla/sla.h"

#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

enum {
    RUNS = 9,
    GROWTH_RUNS = 5,
    SOURCES_MAX = 64,
    PAGE_BYTES = 4096,
    DOCUMENT_CLAUSES = 1000,
    SOURCE_CLAUSES = 20 * 1000,
    DOCUMENT_RESOURCES = 30,
    CLAUSES_DEFAULT = 100 * 1000,
    CLAUSES_LARGEST = 1000 * 1000,
    CLAUSES_PRINTED = 100 * 1000 /* a text has a bound, too */
};

/* A world as text: what every source of it says. */
struct world_text {
    struct buf texts[SOURCES_MAX];
    char names[SOURCES_MAX][32];
    struct diag_source sources[SOURCES_MAX];
    size_t count;
};

/* How large, in each respect. */
struct world_shape {
    bool block;
    size_t clauses;
    size_t clauses_per_document;
    size_t resources_per_document;
    size_t parties;     /* that share the documents in turns; 0: one each */
    bool all_providers; /* each resource stands at a provider of its own */
};

static void text_free(struct world_text *text)
{
    for (size_t i = 0; i < text->count; i++) {
        buf_done(&text->texts[i]);
    }
    text->count = 0;
}

/* --- the worlds ------------------------------------------------------------------------------ */

static void put_head(struct buf *out, const char *kind, const char *prefix, size_t document,
                     size_t party)
{
    buf_printf(out,
               "---\napiVersion: redan/v1\nkind: %s\nmetadata:\n  name: %s%zu\n  party: t%zu\n"
               "  role: tenant\n",
               kind, prefix, document, party);
}

static void put_resources(struct buf *out, const struct world_shape *shape, size_t document,
                          size_t party)
{
    static const char *const planes[] = { "compute", "data", "network" };

    put_head(out, "UCloud", "u", document, party);
    buf_add_cstr(out, "spec:\n  resources:\n");
    for (size_t i = 0; i < shape->resources_per_document; i++) {
        size_t number = document * shape->resources_per_document + i;
        buf_printf(out,
                   "    - {name: r%zu, plane: %s, layer: L2, node: n%zu, provider: p%zu, "
                   "labels: {app: a%zu}",
                   i, planes[i % 3], i, shape->all_providers ? i : document, i % 10);
        if (i % 3 == 2) {
            buf_printf(out, ", addresses: [10.%zu.%zu.%zu]", number >> 16, number >> 8 & 255,
                       number & 255);
        }
        buf_add_cstr(out, "}\n");
    }
}

struct clause_text {
    const char *term, *rest[4][2];
};

/* One of each family; the resource it speaks of has the plane it needs. */
static const struct clause_text clause_texts[] = {
    { "location", { { "op", "in" }, { "value", "[PT, DE, FR]" } } },
    { "availability", { { "op", "\">=\"" }, { "value", "99.9 %" }, { "window", "30d" } } },
    { "flow", { { "op", "permit" }, { "value", "{from: any, ports: [443/tcp]}" } } },
    { "authority", { { "action", "compute.suspend" }, { "op", "only" }, { "value", "tenant" } } },
    { "respond.mttr",
      { { "op", "\"<=\"" }, { "value", "30 s" }, { "when", "{severity: \">= high\"}" } } },
};

static size_t resource_of(size_t clause, size_t resources)
{
    static const size_t plane_of[] = { 0, 0, 2, 0, 0 }; /* of each family above */
    size_t at = clause % resources / 3 * 3 + plane_of[clause % COUNT_OF(clause_texts)];

    return at < resources ? at : 2;
}

static void put_clause(struct buf *out, const struct world_shape *shape, size_t clause)
{
    const struct clause_text *text = &clause_texts[clause % COUNT_OF(clause_texts)];
    const char *between = shape->block ? "\n      " : ", ";

    buf_printf(out, "    - %sid: c%zu%son: t%zu%sterm: %s", shape->block ? "" : "{", clause,
               between, resource_of(clause, shape->resources_per_document), between, text->term);
    for (size_t i = 0; i < COUNT_OF(text->rest) && text->rest[i][0] != NULL; i++) {
        buf_printf(out, "%s%s: %s", between, text->rest[i][0], text->rest[i][1]);
    }
    buf_add_cstr(out, shape->block ? "\n" : "}\n");
}

static void put_document(struct buf *out, const struct world_shape *shape, size_t document,
                         size_t clauses)
{
    size_t party = shape->parties == 0 ? document : document % shape->parties;

    put_resources(out, shape, document, party);
    put_head(out, "SecuritySLA", "s", document, party);
    buf_printf(out, "  ucloud: u%zu\nspec:\n  targets:\n", document);
    for (size_t i = 0; i < shape->resources_per_document; i++) {
        buf_printf(out, "    - {id: t%zu, select: {name: r%zu}}\n", i, i);
    }
    buf_add_cstr(out, "  clauses:\n");
    for (size_t i = 0; i < clauses; i++) {
        put_clause(out, shape, i);
    }
}

static void make_world(const struct world_shape *shape, struct world_text *out)
{
    size_t left = shape->clauses;

    text_free(out);
    for (size_t document = 0; left > 0; document++) {
        size_t clauses = left < shape->clauses_per_document ? left : shape->clauses_per_document;
        size_t source = document * shape->clauses_per_document / SOURCE_CLAUSES;
        if (source == SOURCES_MAX) {
            break;
        }
        if (source == out->count) {
            out->texts[out->count++] = (struct buf){ 0 };
        }
        put_document(&out->texts[source], shape, document, clauses);
        left -= clauses;
    }
    for (size_t i = 0; i < out->count; i++) {
        (void)snprintf(out->names[i], sizeof(out->names[i]), "w%zu.yaml", i);
        out->sources[i] = (struct diag_source){ out->names[i], buf_slice(&out->texts[i]) };
    }
}

/* --- measuring ------------------------------------------------------------------------------- */

static struct status parse_events(struct slice text)
{
    yaml_parser_t parser;
    yaml_event_type_t type = YAML_NO_EVENT;

    if (yaml_parser_initialize(&parser) == 0) {
        abort(); /* out of memory */
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text.ptr, text.len);
    while (type != YAML_STREAM_END_EVENT) {
        yaml_event_t event;
        if (yaml_parser_parse(&parser, &event) == 0) {
            yaml_parser_delete(&parser);
            return status_error(STATUS_INVALID, "libyaml refuses a world");
        }
        type = event.type;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return STATUS_SUCCESS;
}

static struct status events_us(const struct world_text *text, int64_t *out)
{
    int64_t start_us = report_now_us();

    for (size_t i = 0; i < text->count; i++) {
        TRY(parse_events(text->sources[i].text));
    }
    *out = report_now_us() - start_us;
    return STATUS_SUCCESS;
}

/* Into an arena of the caller. `search`: with the conflicts, within the default budget. */
static struct status compile(struct arena *arena, const struct world_text *text, bool search,
                             const struct desired **out)
{
    struct sla_options options = { .without_repairs = true, .max_expansions = search ? 0 : 1 };
    struct diag_list diags;

    diag_list_init(&diags, arena);
    const struct sla_world *world =
        sla_compile(arena, text->sources, text->count, &options, &diags);
    if (world == NULL || diags.errors > 0) {
        struct slice why = diags.first != NULL ? diags.first->message : SLICE("no world");
        return status_error(STATUS_INVALID, "a world does not compile: %.*s", SLICE_ARG(why));
    }
    *out = sla_desired(arena, world);
    return STATUS_SUCCESS;
}

struct figures {
    int64_t events_us, compile_us;
    size_t bytes; /* of the compile's arena */
};

static struct status compile_us(const struct world_text *text, bool search, struct figures *out)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const struct desired *desired = NULL;
    int64_t start_us = report_now_us();

    TRY(compile(&arena, text, search, &desired));
    out->compile_us = report_now_us() - start_us;
    out->bytes = arena.used_bytes;
    return STATUS_SUCCESS;
}

static int64_t least(const int64_t *values, size_t count)
{
    int64_t out = values[0];

    for (size_t i = 1; i < count; i++) {
        out = values[i] < out ? values[i] : out;
    }
    return out;
}

/* libyaml and the compile by turns. */
static struct status measure(const struct world_text *text, bool search, struct figures *out)
{
    int64_t events[RUNS];
    int64_t compiles[RUNS];

    for (size_t i = 0; i < RUNS; i++) {
        TRY(events_us(text, &events[i]));
        TRY(compile_us(text, search, out));
        compiles[i] = out->compile_us;
    }
    out->events_us = least(events, RUNS);
    out->compile_us = least(compiles, RUNS);
    return STATUS_SUCCESS;
}

static const char *row_name(char *out, size_t room, const char *what,
                            const struct world_shape *shape)
{
    (void)snprintf(out, room, "sla.%s_%zu_%s", what, shape->clauses,
                   shape->block ? "block" : "flow");
    return out;
}

static void print_compile(const struct world_shape *shape, const struct figures *figures)
{
    char name[64];
    char goal[64];
    int64_t most_us = (int64_t)shape->clauses * 10; /* 10 ms for a thousand */

    (void)snprintf(goal, sizeof(goal), "<= %lld ms and <= 3 x reference",
                   (long long)most_us / 1000);
    report_print(&(struct report_row){ .name = row_name(name, sizeof(name), "compile", shape),
                                       .value_milli = figures->compile_us,
                                       .unit = "ms",
                                       .goal = goal,
                                       .has_goal = true,
                                       .pass = figures->compile_us <= most_us &&
                                               figures->compile_us <= 3 * figures->events_us,
                                       .reference = "libyaml event parse of the same text",
                                       .reference_milli = figures->events_us,
                                       .runs = RUNS,
                                       .noisy = report_is_noisy(0) });
    report_print(
        &(struct report_row){ .name = row_name(name, sizeof(name), "bytes_per_clause", shape),
                              .value_milli = (int64_t)(figures->bytes * 1000 / shape->clauses),
                              .unit = "bytes",
                              .runs = 1,
                              .noisy = false });
}

/* What the machine takes for the first touch of as much memory, which no compile that keeps its
 * world can do without: clearing the pages and, where a hypervisor takes back what is free, finding
 * them again. By turns with libyaml as the compile is, or it would find the pages it just gave up.
 */
static int64_t touch_us(size_t bytes)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    int64_t start_us = report_now_us();

    for (size_t touched = 0; touched < bytes; touched += PAGE_BYTES) {
        char *page = arena_alloc(&arena, PAGE_BYTES, 1);
        *(volatile char *)page = 1;
    }
    return report_now_us() - start_us;
}

static struct status measure_touch(const struct world_text *text, const struct world_shape *shape,
                                   const struct figures *figures)
{
    char name[64];
    int64_t between_us = 0;
    int64_t touches[RUNS];

    for (size_t i = 0; i < RUNS; i++) {
        TRY(events_us(text, &between_us));
        touches[i] = touch_us(figures->bytes);
    }
    report_print(&(struct report_row){ .name = row_name(name, sizeof(name), "first_touch", shape),
                                       .value_milli = least(touches, RUNS),
                                       .unit = "ms",
                                       .reference = "the compile, of which it is a part",
                                       .reference_milli = figures->compile_us,
                                       .runs = RUNS,
                                       .noisy = report_is_noisy(0) });
    return STATUS_SUCCESS;
}

static struct status print_us(const struct desired *desired, int64_t *out)
{
    int64_t start_us = report_now_us();

    for (unsigned i = 0; i < SLA_EMITTERS; i++) {
        CLEANUP(buf_done) struct buf text = { 0 };
        if (sla_emit_has(desired, (enum sla_emitter)i)) {
            TRY(sla_emit(desired, (enum sla_emitter)i, (struct slice){ 0 }, &text, NULL));
        }
    }
    *out = report_now_us() - start_us;
    return STATUS_SUCCESS;
}

/* Configurations as text, which is asked for apart; within the bar of the compile all the same. */
static struct status measure_print(const struct world_text *text, const struct world_shape *shape,
                                   const struct figures *figures)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const struct desired *desired = NULL;
    int64_t prints[RUNS];
    char name[64];
    char goal[64];
    int64_t most_us = (int64_t)shape->clauses * 10;

    TRY(compile(&arena, text, false, &desired));
    for (size_t i = 0; i < RUNS; i++) {
        TRY(print_us(desired, &prints[i]));
    }
    int64_t took_us = least(prints, RUNS);
    (void)snprintf(goal, sizeof(goal), "<= %lld ms with the compile", (long long)most_us / 1000);
    report_print(
        &(struct report_row){ .name = row_name(name, sizeof(name), "print_all_planes", shape),
                              .value_milli = took_us,
                              .unit = "ms",
                              .goal = goal,
                              .has_goal = true,
                              .pass = figures->compile_us + took_us <= most_us,
                              .reference = "the compile of the same world",
                              .reference_milli = figures->compile_us,
                              .runs = RUNS,
                              .noisy = report_is_noisy(0) });
    return STATUS_SUCCESS;
}

static struct status measure_compile(struct world_text *text, size_t clauses, bool block)
{
    struct world_shape shape = { .block = block,
                                 .clauses = clauses,
                                 .clauses_per_document = DOCUMENT_CLAUSES,
                                 .resources_per_document = DOCUMENT_RESOURCES };
    struct figures figures = { 0 };

    make_world(&shape, text);
    TRY(measure(text, false, &figures));
    print_compile(&shape, &figures);
    TRY(measure_touch(text, &shape, &figures));
    return clauses <= CLAUSES_PRINTED ? measure_print(text, &shape, &figures) : STATUS_SUCCESS;
}

static struct status measure_search(struct world_text *text, size_t clauses)
{
    struct world_shape shape = { .clauses = clauses,
                                 .clauses_per_document = DOCUMENT_CLAUSES,
                                 .resources_per_document = DOCUMENT_RESOURCES };
    char name[64];
    struct figures figures = { 0 };

    make_world(&shape, text);
    TRY(measure(text, true, &figures));
    report_print(&(struct report_row){ .name = row_name(name, sizeof(name), "conflicts", &shape),
                                       .value_milli = figures.compile_us,
                                       .unit = "ms",
                                       .reference = "libyaml event parse of the same text",
                                       .reference_milli = figures.events_us,
                                       .runs = RUNS,
                                       .noisy = report_is_noisy(0) });
    return STATUS_SUCCESS;
}

/* --- growth ---------------------------------------------------------------------------------- */

struct growth {
    const char *name;
    struct world_shape small, large; /* twice as much text */
};

static const struct growth growths[] = {
    { "sla.growth_resources",
      { false, 4000, 4000, 1000, 0, false },
      { false, 8000, 4000, 1000, 0, false } },
    { "sla.growth_resources_in_one",
      { false, 2000, 2000, 1000, 0, false },
      { false, 4000, 4000, 2000, 0, false } },
    { "sla.growth_parties", { false, 4000, 20, 3, 0, false }, { false, 8000, 20, 3, 0, false } },
    { "sla.growth_documents", { false, 4000, 20, 3, 1, false }, { false, 8000, 20, 3, 1, false } },
    { "sla.growth_providers",
      { false, 2000, 2000, 500, 1, true },
      { false, 4000, 4000, 1000, 1, true } },
};

static struct status fastest_us(struct world_text *text, const struct world_shape *shape,
                                int64_t *out)
{
    struct figures figures = { 0 };
    int64_t compiles[GROWTH_RUNS];

    make_world(shape, text);
    for (size_t i = 0; i < GROWTH_RUNS; i++) {
        TRY(compile_us(text, false, &figures));
        compiles[i] = figures.compile_us;
    }
    *out = least(compiles, GROWTH_RUNS);
    return STATUS_SUCCESS;
}

static struct status measure_growth(struct world_text *text, const struct growth *growth)
{
    int64_t small_us = 0;
    int64_t large_us = 0;

    TRY(fastest_us(text, &growth->small, &small_us));
    TRY(fastest_us(text, &growth->large, &large_us));
    report_print(&(struct report_row){ .name = growth->name,
                                       .value_milli = large_us,
                                       .unit = "ms",
                                       .goal = "<= 2.6 x reference",
                                       .has_goal = true,
                                       .pass = large_us * 10 <= small_us * 26,
                                       .reference = "a world half as large",
                                       .reference_milli = small_us,
                                       .runs = GROWTH_RUNS,
                                       .noisy = report_is_noisy(0) });
    return STATUS_SUCCESS;
}

static struct status run(struct world_text *text, size_t most)
{
    for (size_t clauses = 1000; clauses <= most; clauses *= 10) {
        TRY(measure_compile(text, clauses, false));
        TRY(measure_compile(text, clauses, true));
    }
    TRY(measure_search(text, most < 10000 ? most : 10000));
    for (size_t i = 0; i < COUNT_OF(growths); i++) {
        TRY(measure_growth(text, &growths[i]));
    }
    return STATUS_SUCCESS;
}

int main(int argc, char **argv)
{
    static struct world_text text;
    uint32_t most = CLAUSES_DEFAULT;

    struct status status = STATUS_SUCCESS;
    if (argc > 1) {
        status = parse_u32(slice_from(argv[1]), 1, CLAUSES_LARGEST, &most);
    }
    if (status_ok(&status)) {
        status = run(&text, most);
    }
    if (!status_ok(&status)) {
        (void)fprintf(stderr, "bench_sla: %s\n", status.msg);
    }
    text_free(&text);
    return status_ok(&status) ? 0 : 1;
}
