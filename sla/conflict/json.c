#include "base/date.h"
#include "sla/conflict/conflict.h"
#include "sla/terms/domain.h"

static void write_clause(struct json_writer *writer, const struct sla_clause *clause)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    sla_clause_format(clause, &text);
    json_open_object(writer);
    json_add_text(writer, "party", clause->ref.party);
    json_add_cstr(writer, "role", party_role_name(clause->ref.role));
    json_add_text(writer, "document", clause->ref.document);
    json_add_text(writer, "clause", clause->ref.clause);
    json_add_text(writer, "file", clause->ref.file);
    json_add_i64(writer, "line", clause->ref.line);
    json_add_cstr(writer, "stance",
                  clause->reaction != NULL ? "reaction" : sla_stance_name(clause->stance));
    json_add_cstr(writer, "strength", sla_strength_name(clause->strength));
    json_add_text(writer, "text", buf_slice(&text));
    json_close_object(writer);
}

static void write_certificate(struct json_writer *writer, const struct sla_world *world,
                              const struct sla_conflict *conflict)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    const struct sla_certificate *certificate = &conflict->certificate;

    json_key(writer, "certificate");
    json_open_object(writer);
    json_add_text(writer, "resource", sla_resource_text(&scratch, world, certificate->resource));
    const struct sla_term *term = conflict->clauses[0]->term;
    switch (conflict->class) {
    case SLA_CONFLICT_MODALITY:
        json_add_text(writer, "subject", certificate->subject);
        json_add_cstr(writer, "action", sla_act_name(certificate->action));
        break;
    case SLA_CONFLICT_DUTY:
        json_add_text(writer, "subject", certificate->subject);
        json_add_cstr(writer, "action", sla_act_name(certificate->action));
        json_add_cstr(writer, "other", sla_act_name(certificate->other));
        break;
    case SLA_CONFLICT_SET:
        json_key(writer, "withoutClause");
        json_open_array(writer);
        for (size_t i = 0; term->domain == &sla_domain_set && i < conflict->clause_count; i++) {
            const struct sla_universe *universe = term->of;
            json_put_cstr(writer, universe->names[certificate->relaxed[i]]);
        }
        json_close_array(writer);
        break;
    case SLA_CONFLICT_ARITHMETIC:
        if (term->chooser == SLA_BUDGET) {
            json_add_i64(writer, "offered_ms", certificate->offered_ms);
            json_add_i64(writer, "allowed_ms", certificate->allowed_ms);
        }
        break;
    case SLA_CONFLICT_QUORUM:
        json_add_i64(writer, "rule", certificate->rule);
        break;
    }
    json_close_object(writer);
}

static void write_edits(struct json_writer *writer, const struct diag_edit *edits)
{
    json_key(writer, "edits");
    json_open_array(writer);
    for (const struct diag_edit *at = edits; at != NULL; at = at->next) {
        struct diag_place place = diag_span_start(at->span);
        json_open_object(writer);
        json_add_cstr(writer, "file", at->span.source->name);
        json_add_i64(writer, "line", place.line);
        json_add_i64(writer, "col", place.col);
        json_add_i64(writer, "byte", at->span.byte);
        json_add_i64(writer, "byteEnd", at->span.byte_end);
        json_add_text(writer, "text", at->text);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void write_repair(struct json_writer *writer, const struct sla_repair *repair, size_t choice)
{
    json_open_object(writer);
    json_add_i64(writer, "choice", (int64_t)choice);
    json_add_text(writer, "title", repair->title);
    json_key(writer, "costs");
    json_open_array(writer);
    for (size_t i = 0; i < repair->cost_count; i++) {
        const struct sla_cost *cost = &repair->costs[i];
        json_open_object(writer);
        json_add_text(writer, "party", cost->party);
        json_add_cstr(writer, "role", party_role_name(cost->role));
        json_add_i64(writer, "musts", cost->musts);
        json_add_i64(writer, "shoulds", cost->shoulds);
        json_add_i64(writer, "moves", cost->moves);
        json_add_i64(writer, "rights", cost->rights);
        json_add_i64(writer, "amount", cost->amount);
        json_add_cstr(writer, "unit", cost->unit);
        json_close_object(writer);
    }
    json_close_array(writer);
    write_edits(writer, repair->edits);
    json_add_cstr(writer, "digest", repair->digest);
    json_close_object(writer);
}

static void write_yields(struct json_writer *writer, const struct sla_clause *yields)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };

    json_key(writer, "yields");
    if (yields != NULL) {
        json_put_text(writer, sla_clause_path(&scratch, yields));
    } else {
        json_put_null(writer);
    }
}

void sla_conflict_write_json(const struct sla_world *world, const struct sla_conflict *conflict,
                             struct json_writer *writer)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };

    json_open_object(writer);
    json_add_text(writer, "id", conflict->id);
    json_add_cstr(writer, "class", sla_conflict_class_name(conflict->class));
    write_yields(writer, conflict->yields);
    json_key(writer, "clauses");
    json_open_array(writer);
    for (size_t i = 0; i < conflict->clause_count; i++) {
        write_clause(writer, conflict->clauses[i]);
    }
    json_close_array(writer);
    json_key(writer, "resources");
    json_open_array(writer);
    for (size_t i = 0; i < conflict->resource_count; i++) {
        json_put_text(writer, sla_resource_text(&scratch, world, conflict->resources[i]));
    }
    json_close_array(writer);
    json_add_text(writer, "witness", conflict->witness);
    json_add_text(writer, "arithmetic", conflict->arithmetic);
    write_certificate(writer, world, conflict);
    json_key(writer, "repairs");
    json_open_array(writer);
    for (size_t i = 0; i < conflict->repair_count; i++) {
        write_repair(writer, &conflict->repairs[i], i + 1);
    }
    json_close_array(writer);
    json_add_bool(writer, "repairsIncomplete", conflict->repairs_incomplete);
    json_close_object(writer);
}

static void write_by_plane(struct json_writer *writer, const struct sla_summary *summary)
{
    json_key(writer, "policiesByPlane");
    json_open_object(writer);
    for (size_t i = 0; i < PLANE_KINDS; i++) {
        json_add_i64(writer, plane_kind_name((enum plane_kind)i),
                     (int64_t)summary->policies_by_plane[i]);
    }
    json_close_object(writer);
}

/* What is in force that day, and until when that stays so. */
static void write_day(const struct sla_world *world, struct json_writer *writer)
{
    char day[DATE_TEXT_MAX];

    if (!world->has_day) {
        return;
    }
    date_format(world->as_of_day, day);
    json_add_cstr(writer, "asOf", day);
    json_add_i64(writer, "notInForce", (int64_t)world->dormant_count);
    if (world->next_change_day != INT32_MAX) {
        date_format(world->next_change_day, day);
        json_add_cstr(writer, "nextChange", day);
    }
}

void sla_summary_write_json(const struct sla_world *world, struct json_writer *writer)
{
    const struct sla_summary *summary = &world->summary;

    json_open_object(writer);
    json_add_i64(writer, "slas", (int64_t)summary->documents[SLA_SECURITY_SLA]);
    json_add_i64(writer, "offers", (int64_t)summary->documents[SLA_PROVIDER_OFFER]);
    json_add_i64(writer, "uclouds", (int64_t)summary->documents[SLA_UCLOUD]);
    json_add_i64(writer, "clauses", (int64_t)summary->clauses);
    json_add_i64(writer, "policies", (int64_t)summary->policies);
    write_by_plane(writer, summary);
    json_add_i64(writer, "objectives", (int64_t)summary->objectives);
    json_add_i64(writer, "reactions", (int64_t)summary->reactions);
    json_add_i64(writer, "checkedOnly", (int64_t)summary->checked_only);
    json_add_i64(writer, "unproven", (int64_t)summary->unproven);
    write_day(world, writer);
    json_add_i64(writer, "resources", (int64_t)world->policies.resource_count);
    json_add_i64(writer, "conflicts", (int64_t)(world->conflict_count - world->degradation_count));
    json_add_i64(writer, "degradations", (int64_t)world->degradation_count);
    json_add_bool(writer, "conflictsIncomplete", world->conflicts_incomplete);
    json_add_i64(writer, "expansions", (int64_t)world->expansions);
    json_add_cstr(writer, "digest", world->policies.digest);
    json_close_object(writer);
}
