#include "sla/emit/priv.h"

#include <stdarg.h>
#include <stdio.h>

enum { RESOURCES_SHOWN_MAX = 3, REASON_BYTES_MAX = 200 };

const char *const sla_emitter_names[SLA_EMITTERS + 1] = { "policy",  "nft",   "ovn",
                                                          "libvirt", "store", "sigma-watchlist",
                                                          NULL };

typedef void(emit_fn)(struct emit *emit);
static emit_fn *const emitters[SLA_EMITTERS] = { emit_policy,  emit_nft,   emit_ovn,
                                                 emit_libvirt, emit_store, emit_watchlist };

bool sla_emitter_parse(struct slice text, enum sla_emitter *out)
{
    for (size_t i = 0; i < SLA_EMITTERS; i++) {
        if (slice_is(text, sla_emitter_names[i])) {
            *out = (enum sla_emitter)i;
            return true;
        }
    }
    return false;
}

static bool has_items(const struct desired *desired, enum plane_kind plane)
{
    for (size_t i = 0; i < desired->item_count; i++) {
        if (desired->policies->resources[desired->items[i].resource].plane == plane) {
            return true;
        }
    }
    return false;
}

static bool has_segments(const struct desired *desired)
{
    for (size_t i = 0; i < desired->policies->resource_count && !desired->is_part; i++) {
        if (desired->policies->resources[i].kind == KIND_SEGMENT) {
            return true;
        }
    }
    return false;
}

static bool has_domains(const struct desired *desired)
{
    for (size_t i = 0; i < desired->policies->resource_count; i++) {
        if (emit_is_domain(desired, i, NULL)) {
            return true;
        }
    }
    return has_items(desired, PLANE_COMPUTE);
}

bool sla_emit_has(const struct desired *desired, enum sla_emitter target)
{
    const struct policy_set *set = desired->policies;
    bool watched = desired->watch_count + desired->heed_count > 0;

    switch (target) {
    case SLA_EMITTER_POLICY:
        return set->policy_count + set->objective_count + set->reaction_count + desired->box_count +
                       desired->item_count + desired->ruling_count >
                   0 ||
               watched;
    case SLA_EMITTER_NFT:
        return desired->box_count > 0;
    case SLA_EMITTER_OVN:
        return desired->box_count > 0 || has_items(desired, PLANE_NETWORK) || has_segments(desired);
    case SLA_EMITTER_LIBVIRT:
        return has_domains(desired);
    case SLA_EMITTER_STORE:
        return has_items(desired, PLANE_DATA);
    case SLA_EMITTER_WATCHLIST:
        break;
    }
    return watched;
}

struct status sla_emit(const struct desired *desired, enum sla_emitter target, struct slice party,
                       struct buf *out, const struct clause_ref **out_at)
{
    struct emit emit = { .desired = desired,
                         .target = sla_emitter_names[target],
                         .party = party,
                         .out = out,
                         .status = STATUS_SUCCESS };

    emitters[target](&emit);
    if (status_ok(&emit.status) && out->overflow) {
        emit.status = status_error(STATUS_EXHAUSTED, "%s: over %d bytes; choose a --resource",
                                   emit.target, BUF_LIMIT_BYTES);
    }
    if (out_at != NULL) {
        *out_at = emit.failed_at;
    }
    return emit.status;
}

void emit_fail(struct emit *emit, const char *format, ...)
{
    char why[REASON_BYTES_MAX];
    va_list args;

    if (!status_ok(&emit->status)) {
        return;
    }
    va_start(args, format);
    (void)vsnprintf(why, sizeof(why), format, args);
    va_end(args);
    emit->status = status_error(STATUS_UNSUPPORTED, "%s: %s", emit->target, why);
    emit->failed_at = emit->from != NULL && emit->from->count > 0 ? emit->from->clauses[0] : NULL;
}

/* --- text ------------------------------------------------------------------------------------- */

static bool is_plain(struct slice name, bool capitals)
{
    bool good = name.len > 0;

    for (size_t i = 0; i < name.len; i++) {
        char byte = name.ptr[i];
        bool inside = i > 0 && (byte == '-' || byte == '_' || byte == '.');
        bool capital = capitals && byte >= 'A' && byte <= 'Z';
        good &= (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || inside || capital;
    }
    return good;
}

static void put_plain(struct emit *emit, struct slice name, bool capitals)
{
    if (!is_plain(name, capitals)) {
        emit_fail(emit, "`%.*s` cannot be written there", SLICE_ARG(name));
        return;
    }
    buf_add_slice(emit->out, name);
}

void emit_name(struct emit *emit, struct slice name)
{
    put_plain(emit, name, false);
}

void emit_id(struct emit *emit, struct slice id)
{
    put_plain(emit, id, true);
}

void emit_path(struct emit *emit, const struct clause_ref *clause)
{
    emit_name(emit, clause->party);
    buf_add_char(emit->out, '/');
    emit_name(emit, clause->document);
    buf_add_char(emit->out, '/');
    emit_name(emit, clause->clause);
}

void emit_resource(struct emit *emit, size_t resource)
{
    const struct resource *at = &emit->desired->policies->resources[resource];

    emit_name(emit, at->ucloud);
    buf_add_char(emit->out, '/');
    emit_name(emit, at->name);
}

void emit_address(struct emit *emit, const struct address *address)
{
    char text[ADDRESS_TEXT_MAX];

    address_format(address, text);
    if (address->zone[0] != '\0') {
        emit_fail(emit, "%s stands for one interface of one node", text);
        return;
    }
    buf_add_cstr(emit->out, text);
}

void emit_header(struct emit *emit, const char *what)
{
    buf_printf(emit->out, "# %s: redan, world sha256:%s\n", what, emit->desired->policies->digest);
}

bool emit_is_repeated(const struct desired_origin *origin, size_t at)
{
    const struct clause_ref *const *clauses = origin->clauses;

    return at > 0 && slice_eq(clauses[at]->clause, clauses[at - 1]->clause) &&
           slice_eq(clauses[at]->document, clauses[at - 1]->document) &&
           slice_eq(clauses[at]->party, clauses[at - 1]->party);
}

void emit_clauses(struct emit *emit, const char *indent, const struct desired_origin *origin)
{
    for (size_t i = 0; i < origin->count; i++) {
        if (!emit_is_repeated(origin, i)) {
            buf_printf(emit->out, "%s# ", indent);
            emit_path(emit, origin->clauses[i]);
            buf_add_char(emit->out, '\n');
        }
    }
}

static void put_some_resources(struct emit *emit, const struct desired_not_held *entry)
{
    for (size_t i = 0; i < entry->resource_count && i < RESOURCES_SHOWN_MAX; i++) {
        buf_add_cstr(emit->out, i == 0 ? " (" : ", ");
        emit_resource(emit, entry->resources[i]);
    }
    if (entry->resource_count > RESOURCES_SHOWN_MAX) {
        buf_printf(emit->out, " and %zu more", entry->resource_count - RESOURCES_SHOWN_MAX);
    }
    if (entry->resource_count > 0) {
        buf_add_char(emit->out, ')');
    }
}

/* A condition as the language writes it; a comment ends with its line. */
static void put_when(struct emit *emit, struct slice when)
{
    for (size_t i = 0; i < when.len; i++) {
        if (when.ptr[i] < ' ' || when.ptr[i] > '~') {
            emit_fail(emit, "a condition cannot be written there");
            return;
        }
    }
    if (when.len > 0) {
        buf_printf(emit->out, ": {%.*s}", SLICE_ARG(when));
    }
}

void emit_not_held(struct emit *emit, struct slice party)
{
    for (size_t i = 0; i < emit->desired->not_held_count; i++) {
        const struct desired_not_held *entry = &emit->desired->not_held[i];
        if (party.len > 0 && !slice_eq(party, entry->clause->party)) {
            continue;
        }
        buf_add_cstr(emit->out, "# not held: ");
        emit_path(emit, entry->clause);
        buf_printf(emit->out, ": %s", desired_reason_text(entry->reason));
        if (entry->conflict.len > 0) {
            buf_add_char(emit->out, ' ');
            emit_name(emit, entry->conflict);
        }
        put_when(emit, entry->when);
        put_some_resources(emit, entry);
        buf_add_char(emit->out, '\n');
    }
}

/* --- JSON ------------------------------------------------------------------------------------- */

static void put_path(struct json_writer *writer, const struct clause_ref *clause)
{
    const struct slice path[] = { clause->party, clause->document, clause->clause };

    json_put_joined(writer, path, COUNT_OF(path), '/');
}

void emit_json_clauses(struct json_writer *writer, const char *key,
                       const struct desired_origin *origin)
{
    json_key(writer, key);
    json_open_array(writer);
    for (size_t i = 0; i < origin->count; i++) {
        if (!emit_is_repeated(origin, i)) {
            put_path(writer, origin->clauses[i]);
        }
    }
    json_close_array(writer);
}

static void put_resource(struct json_writer *writer, const struct desired *desired, size_t resource)
{
    const struct resource *at = &desired->policies->resources[resource];
    const struct slice name[] = { at->ucloud, at->name };

    json_put_joined(writer, name, COUNT_OF(name), '/');
}

void emit_json_resource(struct json_writer *writer, const char *key, const struct desired *desired,
                        size_t resource)
{
    json_key(writer, key);
    put_resource(writer, desired, resource);
}

void emit_json_resources(struct json_writer *writer, const char *key, const struct desired *desired,
                         const size_t *resources, size_t count)
{
    json_key(writer, key);
    json_open_array(writer);
    for (size_t i = 0; i < count; i++) {
        put_resource(writer, desired, resources[i]);
    }
    json_close_array(writer);
}

void emit_json_world(struct json_writer *writer, const struct desired *desired)
{
    CLEANUP(buf_done) struct buf digest = { 0 };

    buf_printf(&digest, "sha256:%s", desired->policies->digest);
    json_add_text(writer, "world", buf_slice(&digest));
    json_add_bool(writer, "isPart", desired->is_part);
}

void emit_json_conditions(struct json_writer *writer, const struct desired *desired)
{
    json_key(writer, "conditions");
    json_open_array(writer);
    for (size_t i = 0; i < desired->condition_count; i++) {
        json_open_object(writer);
        json_key(writer, "clause");
        put_path(writer, desired->conditions[i].clause);
        json_add_text(writer, "when", desired->conditions[i].when);
        json_close_object(writer);
    }
    json_close_array(writer);
}

void emit_json_not_held(struct json_writer *writer, const struct desired *desired)
{
    json_key(writer, "notHeld");
    json_open_array(writer);
    for (size_t i = 0; i < desired->not_held_count; i++) {
        const struct desired_not_held *entry = &desired->not_held[i];
        json_open_object(writer);
        json_key(writer, "clause");
        put_path(writer, entry->clause);
        json_add_cstr(writer, "reason", desired_reason_text(entry->reason));
        if (entry->conflict.len > 0) {
            json_add_text(writer, "conflict", entry->conflict);
        }
        if (entry->when.len > 0) {
            json_add_text(writer, "when", entry->when);
        }
        emit_json_resources(writer, "on", desired, entry->resources, entry->resource_count);
        json_close_object(writer);
    }
    json_close_array(writer);
}
