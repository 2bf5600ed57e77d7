#include "orchestrator/world.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "orchestrator/knowledge/conflicts.h"
#include "wire/signed.h"

/* One version: everything it needs in one arena. */
struct version {
    struct arena arena;
    struct diag_source *sources;
    size_t source_count;
    const struct sla_world *compiled; /* NULL: no documents */
    uint64_t number;
};

struct world {
    struct version *now;
};

struct world_change {
    struct version *next;
    const char *event; /* in the journal */
};

static const int64_t DAY_US = INT64_C(24) * 60 * 60 * 1000 * 1000;

static const struct policy_set nothing_agreed = {
    .digest = "0000000000000000000000000000000000000000000000000000000000000000"
};

static void *must_alloc(size_t size)
{
    void *memory = calloc(1, size);

    if (memory == NULL) {
        abort();
    }
    return memory;
}

static void version_free(struct version **version)
{
    if (*version != NULL) {
        arena_done(&(*version)->arena);
        free(*version);
        *version = NULL;
    }
}

static void version_add(struct version *version, struct slice name, struct slice text)
{
    struct diag_source *source = &version->sources[version->source_count++];

    source->name = arena_cstr(&version->arena, name);
    source->text = arena_copy(&version->arena, text);
}

static struct version *version_new(size_t sources)
{
    struct version *version = must_alloc(sizeof(*version));

    version->sources = ARENA_NEW(&version->arena, struct diag_source, sources + 1);
    return version;
}

/* Without the database any zone may be, with any offset. */
static void load_zones(struct version *version, struct sla_options *options)
{
    struct slice *texts = ARENA_NEW(&version->arena, struct slice, version->source_count);

    for (size_t i = 0; i < version->source_count; i++) {
        texts[i] = version->sources[i].text;
    }
    struct status loaded =
        zones_load(&version->arena, ZONE_FOLDER, texts, version->source_count,
                   options->as_of_day * (DAY_US / 1000000), &options->zones, &options->zone_count);
    log_status(LOG_LEVEL_WARN, "sla", "zones-not-checked", &loaded);
    for (size_t i = 0; i < options->zone_count; i++) {
        const struct zone *zone = &options->zones[i];
        if (zone->is_unread) {
            log_warn("sla", "zone-unread", LOG_TEXT("zone", zone->name));
        }
    }
}

/* A world with conflicts compiles; only documents that cannot be understood do not. */
static struct status version_compile(struct version *version, const struct sla_options *options,
                                     struct diag_list *diags)
{
    struct sla_options with_zones = options != NULL ? *options : (struct sla_options){ 0 };

    if (version->source_count == 0) {
        return STATUS_SUCCESS;
    }
    load_zones(version, &with_zones);
    version->compiled =
        sla_compile(&version->arena, version->sources, version->source_count, &with_zones, diags);
    return version->compiled != NULL
               ? STATUS_SUCCESS
               : status_error(STATUS_INVALID, "the documents have %zu errors", diags->errors);
}

/* What was accepted once is compiled again, by the keys that are trusted now. */
static struct sla_options stored_options(const struct sla_options *trusted, int32_t day)
{
    return (struct sla_options){ .stored = true,
                                 .keys = trusted != NULL ? trusted->keys : NULL,
                                 .key_count = trusted != NULL ? trusted->key_count : 0,
                                 .has_day = true,
                                 .as_of_day = day };
}

struct status world_open(struct knowledge *knowledge, const struct sla_options *options,
                         struct world **out)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    CLEANUP(version_free) struct version *version = NULL;
    struct world_record stored = { 0 };
    struct diag_list diags;

    diag_list_init(&diags, &arena);
    struct status found = knowledge_get_world(knowledge_reading(knowledge), &arena, &stored);
    if (!status_ok(&found) && found.code != STATUS_NOT_FOUND) {
        return found;
    }
    version = version_new(stored.document_count);
    version->number = stored.version;
    for (size_t i = 0; i < stored.document_count; i++) {
        version_add(version, stored.documents[i].name, stored.documents[i].text);
    }
    const struct sla_options again = stored_options(options, (int32_t)(stored.made_us / DAY_US));
    struct status compiled = version_compile(version, &again, &diags);
    if (!status_ok(&compiled)) {
        return status_error(STATUS_CORRUPT, "SLA version %llu no longer compiles: %s",
                            (unsigned long long)stored.version, compiled.msg);
    }
    struct world *world = must_alloc(sizeof(*world));
    world->now = TAKE(version);
    *out = world;
    return STATUS_SUCCESS;
}

void world_close(struct world **world)
{
    if (*world != NULL) {
        version_free(&(*world)->now);
        free(*world);
        *world = NULL;
    }
}

const struct policy_set *world_policies(const struct world *world)
{
    return world->now->compiled != NULL ? sla_world_policy_set(world->now->compiled)
                                        : &nothing_agreed;
}

const struct sla_world *world_compiled(const struct world *world)
{
    return world->now->compiled;
}

uint64_t world_version(const struct world *world)
{
    return world->now->number;
}

/* --- changes -------------------------------------------------------------------------------------
 */

/* The findings point into the version's documents and may outlive them. */
static void keep_sources(struct diag_list *diags, const struct version *version)
{
    struct diag_source *copies = ARENA_NEW(diags->arena, struct diag_source, version->source_count);

    for (size_t i = 0; i < version->source_count; i++) {
        copies[i].name = arena_cstr(diags->arena, slice_from(version->sources[i].name));
        copies[i].text = arena_copy(diags->arena, version->sources[i].text);
    }
    diag_move_sources(diags, version->sources, version->source_count, copies);
}

/* Documents whose own tests fail are not what their authors mean. (Those that are in force already
 * stay so: a later release may test more.) */
static struct status tests_passed(const struct version *version)
{
    size_t failed = version->compiled != NULL ? version->compiled->tests.failed : 0;

    return failed == 0 ? STATUS_SUCCESS
                       : status_error(STATUS_INVALID, "%zu test%s of the documents failed", failed,
                                      failed == 1 ? "" : "s");
}

/* Documents that compile, and may follow those in force. */
static struct status finish_change(const struct world *world, struct version *version,
                                   const struct sla_options *options, struct diag_list *diags,
                                   struct world_change **out)
{
    CLEANUP(version_free) struct version *next = version;

    struct status good = version_compile(next, options, diags);
    if (status_ok(&good) && !sla_agreement_step(world->now->compiled, next->compiled, diags)) {
        good = status_error(STATUS_INVALID, "agreements do not keep to their life cycle");
    }
    keep_sources(diags, next);
    TRY(good);
    TRY(tests_passed(next));
    *out = must_alloc(sizeof(**out));
    **out = (struct world_change){ .next = TAKE(next), .event = "sla.applied" };
    return STATUS_SUCCESS;
}

struct status world_prepare(const struct world *world, const struct world_document *documents,
                            size_t count, const struct sla_options *options,
                            struct diag_list *diags, struct world_change **out)
{
    if (count > SLA_SOURCES_MAX) {
        return status_error(STATUS_EXHAUSTED, "more than %d documents", SLA_SOURCES_MAX);
    }
    struct version *next = version_new(count);
    for (size_t i = 0; i < count; i++) {
        version_add(next, documents[i].name, documents[i].text);
    }
    return finish_change(world, next, options, diags, out);
}

struct status world_prepare_repair(const struct world *world, struct slice conflict_id,
                                   size_t choice, const struct sla_options *options,
                                   struct diag_list *diags, struct world_change **out)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const struct sla_world *compiled = world->now->compiled;
    const struct sla_conflict *conflict =
        compiled != NULL ? sla_world_conflict(compiled, conflict_id) : NULL;
    struct diag_source *edited = NULL;

    if (conflict == NULL) {
        return status_error(STATUS_NOT_FOUND, "no open conflict `%.*s`", SLICE_ARG(conflict_id));
    }
    if (choice >= conflict->repair_count) {
        return status_error(STATUS_INVALID, "conflict `%.*s` has %zu repairs",
                            SLICE_ARG(conflict_id), conflict->repair_count);
    }
    TRY(sla_repair_apply(&arena, compiled, conflict, choice, &edited, NULL));
    struct version *next = version_new(compiled->source_count);
    for (size_t i = 0; i < compiled->source_count; i++) {
        version_add(next, slice_from(edited[i].name), edited[i].text);
    }
    return finish_change(world, next, options, diags, out);
}

bool world_differs_on(const struct world *world, int32_t day)
{
    const struct sla_world *compiled = world->now->compiled;

    return compiled != NULL && compiled->has_day &&
           (day >= compiled->next_change_day || day < compiled->as_of_day);
}

struct status world_prepare_day(const struct world *world, int32_t day,
                                const struct sla_options *options, struct diag_list *diags,
                                struct world_change **out)
{
    const struct sla_options as_of = stored_options(options, day);
    const struct version *now = world->now;
    CLEANUP(version_free) struct version *next = version_new(now->source_count);

    for (size_t i = 0; i < now->source_count; i++) {
        version_add(next, slice_from(now->sources[i].name), now->sources[i].text);
    }
    TRY(version_compile(next, &as_of, diags));
    *out = must_alloc(sizeof(**out));
    **out = (struct world_change){ .next = TAKE(next), .event = "sla.day" };
    return STATUS_SUCCESS;
}

void world_change_free(struct world_change **change)
{
    if (*change != NULL) {
        version_free(&(*change)->next);
        free(*change);
        *change = NULL;
    }
}

const struct sla_world *world_change_compiled(const struct world_change *change)
{
    return change->next->compiled;
}

bool world_is_unchanged(const struct world *world, const struct world_change *change)
{
    const struct version *now = world->now;
    const struct version *next = change->next;
    bool same = now->source_count == next->source_count;

    for (size_t i = 0; same && i < now->source_count; i++) {
        same = strcmp(now->sources[i].name, next->sources[i].name) == 0 &&
               slice_eq(now->sources[i].text, next->sources[i].text);
    }
    return same;
}

static struct conflict_record conflict_row(struct arena *arena, const struct sla_world *compiled,
                                           const struct sla_conflict *conflict, uint64_t version,
                                           int64_t now_us)
{
    CLEANUP(buf_done) struct buf json = { 0 };
    struct json_writer writer = { .out = &json };

    sla_conflict_write_json(compiled, conflict, &writer);
    return (struct conflict_record){ .id = conflict->id,
                                     .world = version,
                                     .kind = slice_from(sla_conflict_class_name(conflict->class)),
                                     .summary = conflict->witness,
                                     .state = CONFLICT_OPEN,
                                     .opened_us = now_us,
                                     .json = arena_copy(arena, buf_slice(&json)),
                                     .yields = conflict->yields != NULL
                                                   ? sla_clause_path(arena, conflict->yields)
                                                   : (struct slice){ 0 } };
}

static struct status put_found(struct knowledge *knowledge, struct arena *arena,
                               const struct sla_world *compiled, uint64_t version, int64_t now_us)
{
    for (size_t i = 0; compiled != NULL && i < compiled->conflict_count; i++) {
        struct conflict_record row =
            conflict_row(arena, compiled, &compiled->conflicts[i], version, now_us);
        struct conflict_record known = { 0 };
        struct status found =
            knowledge_get_conflict(knowledge_reading(knowledge), row.id, arena, &known);
        if (status_ok(&found) && known.state == CONFLICT_OPEN) {
            row.opened_us = known.opened_us;
        }
        TRY(knowledge_put_conflict(knowledge, &row));
        TRY(knowledge_record(knowledge, "conflict.found", row.id, row.json));
    }
    return STATUS_SUCCESS;
}

/* What was in conflict and is not any more. */
static struct status put_gone(struct knowledge *knowledge, struct arena *arena,
                              const struct sla_world *before, const struct sla_world *after,
                              struct slice by, uint32_t chosen, int64_t now_us)
{
    for (size_t i = 0; before != NULL && i < before->conflict_count; i++) {
        struct conflict_record row = { 0 };
        struct slice id = before->conflicts[i].id;
        if (after != NULL && sla_world_conflict(after, id) != NULL) {
            continue;
        }
        TRY(knowledge_get_conflict(knowledge_reading(knowledge), id, arena, &row));
        row.state = CONFLICT_RESOLVED;
        row.chosen = chosen;
        row.by = by;
        row.decided_us = now_us;
        TRY(knowledge_put_conflict(knowledge, &row));
        TRY(knowledge_record(knowledge, "conflict.resolved", id, by));
    }
    return STATUS_SUCCESS;
}

struct status world_store(struct world *world, struct knowledge *knowledge,
                          struct world_change *change, struct slice by, uint32_t chosen,
                          int64_t now_us)
{
    struct version *next = change->next;
    struct world_document *documents =
        ARENA_NEW(&next->arena, struct world_document, next->source_count + 1);
    struct world_record record = { .made_us = now_us,
                                   .made_by = by,
                                   .documents = documents,
                                   .document_count = next->source_count,
                                   .active = true };

    for (size_t i = 0; i < next->source_count; i++) {
        documents[i].name = slice_from(next->sources[i].name);
        documents[i].text = next->sources[i].text;
    }
    if (next->compiled != NULL) {
        memcpy(record.digest, sla_world_policy_set(next->compiled)->digest, sizeof(record.digest));
    }
    TRY(knowledge_add_world(knowledge, &record, &next->number));
    TRY(knowledge_record(knowledge, change->event, slice_from(record.digest), by));
    TRY(put_found(knowledge, &next->arena, next->compiled, next->number, now_us));
    return put_gone(knowledge, &next->arena, world->now->compiled, next->compiled, by, chosen,
                    now_us);
}

void world_swap(struct world *world, struct world_change **change)
{
    version_free(&world->now);
    world->now = TAKE((*change)->next);
    world_change_free(change);
}

struct status world_seal_snapshot(const struct world *world, struct arena *arena, int64_t now_ms,
                                  const struct identity *identity,
                                  const struct membership *membership, struct signed_list *out)
{
    const struct policy_set *policies = world_policies(world);
    struct address *networks = ARENA_NEW(arena, struct address, policies->protected_count + 1);
    struct snapshot snapshot = { .version = world->now->number,
                                 .issued_ms = now_ms,
                                 .protected_networks = networks,
                                 .network_count = policies->protected_count };

    for (size_t i = 0; i < policies->protected_count; i++) {
        networks[i] = policies->protected_assets[i].network;
    }
    memcpy(snapshot.policy_digest, policies->digest, sizeof(snapshot.policy_digest));
    return snapshot_seal(arena, &snapshot, membership, slice_from(identity->name),
                         &identity->signing, out);
}
