#include "sla/tell/shown.h"

#include "base/arena.h"
#include "sla/agree/promise.h"
#include "sla/compose/compose.h"
#include "sla/compose/recovery.h"
#include "sla/conflict/conflict.h"
#include "sla/resolve/service.h"

/* What it speaks of: services, or resources. */
static void write_on(const struct sla_world *world, const struct sla_clause *clause,
                     struct json_writer *writer)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };

    json_key(writer, "on");
    json_open_array(writer);
    for (size_t i = 0; i < clause->service_count; i++) {
        json_put_text(writer,
                      arena_printf(&scratch, "%.*s/%.*s", SLICE_ARG(clause->services[i]->ucloud),
                                   SLICE_ARG(clause->services[i]->id)));
    }
    for (size_t i = 0; i < clause->resource_count; i++) {
        json_put_text(writer, sla_resource_text(&scratch, world, clause->resources[i]));
    }
    json_close_array(writer);
}

/* The worst there is; empty: it is not one that is judged. */
static const char *verdict_of(const struct sla_world *world, size_t index)
{
    const struct sla_clause *clause = world->clauses[index];
    bool is_judged = world->proofs[index].verdicts != NULL;
    enum sla_verdict worst = is_judged ? world->proofs[index].worst : SLA_PROVEN;

    for (size_t i = 0; i < world->figure_count; i++) {
        const struct sla_figure *figure = &world->figures[i];
        if (figure->requirement == clause) {
            worst = figure->verdict > worst ? figure->verdict : worst;
            is_judged = true;
        }
    }
    for (size_t i = 0; i < world->recovery_count; i++) {
        const struct sla_recovery *recovery = &world->recoveries[i];
        if (recovery->requirement == clause) {
            worst = recovery->verdict > worst ? recovery->verdict : worst;
            is_judged = true;
        }
    }
    return is_judged ? sla_verdict_name(worst) : "";
}

/* The least of the offers that it rests on; of an offer its own. */
static enum sla_evidence evidence_of(const struct sla_world *world, size_t index)
{
    const struct sla_clause *clause = world->clauses[index];
    enum sla_evidence least = world->proofs[index].evidence;

    for (size_t i = 0; i < world->figure_count; i++) {
        if (world->figures[i].requirement == clause) {
            least = sla_evidence_least(least, world->figures[i].evidence);
        }
    }
    for (size_t i = 0; i < world->recovery_count; i++) {
        if (world->recoveries[i].requirement == clause) {
            least = sla_evidence_least(least, world->recoveries[i].evidence);
        }
    }
    return clause->stance == SLA_OFFERS ? sla_offer_evidence(world, clause->document) : least;
}

static void write_assertion(const struct sla_document *document, struct json_writer *writer)
{
    const struct sla_assertion *assertion = &document->asserted_by;

    json_key(writer, "assertedBy");
    json_open_object(writer);
    if (document->kind == SLA_PROVIDER_OFFER) {
        json_add_text(writer, "party", assertion->party);
        json_add_cstr(writer, "how", sla_asserted_name(assertion->how));
        json_add_text(writer, "source", assertion->source);
    }
    json_close_object(writer);
}

static void write_measure(const struct sla_measurement *measure, struct json_writer *writer)
{
    json_add_cstr(writer, "known", sla_knowledge_name(sla_measure_known(measure)));
    json_key(writer, "measuredBy");
    json_open_object(writer);
    if (measure != NULL && measure->party.len > 0) {
        json_add_text(writer, "party", measure->party);
        json_add_cstr(writer, "how", sla_measuring_name(measure->how));
        json_add_i64(writer, "every_ms", measure->every_ms);
    }
    json_close_object(writer);
}

void sla_clause_write_json(const struct sla_world *world, size_t index, struct json_writer *writer)
{
    const struct sla_clause *clause = world->clauses[index];
    CLEANUP(buf_done) struct buf text = { 0 };

    json_open_object(writer);
    buf_printf(&text, "%.*s/%.*s/%.*s", SLICE_ARG(clause->ref.party),
               SLICE_ARG(clause->ref.document), SLICE_ARG(clause->ref.clause));
    json_add_text(writer, "clause", buf_slice(&text));
    json_add_cstr(writer, "stance",
                  clause->reaction != NULL ? "reaction" : sla_stance_name(clause->stance));
    json_add_cstr(writer, "strength", sla_strength_name(clause->strength));
    buf_clear(&text);
    sla_clause_format(clause, &text);
    json_add_text(writer, "text", buf_slice(&text));
    write_on(world, clause, writer);
    json_add_cstr(writer, "verdict", verdict_of(world, index));
    json_add_cstr(writer, "evidence", sla_evidence_name(evidence_of(world, index)));
    write_assertion(clause->document, writer);
    write_measure(clause->measured_by, writer);
    json_key(writer, "controls");
    json_open_array(writer);
    for (size_t i = 0; i < clause->control_count; i++) {
        json_put_text(writer, clause->controls[i]);
    }
    json_close_array(writer);
    json_add_text(writer, "why", clause->why);
    json_close_object(writer);
}
