#include "sla/read/field_types.h"
#include "sla/read/gather.h"
#include "sla/read/schema.h"
#include "sla/read/select.h"
#include "sla/report.h"
#include "sla/terms/domain.h"

/* Peers of flows that are targets. */

static size_t count_addresses(const struct draft *draft, const struct draft_target *target)
{
    size_t count = 0;

    for (size_t i = 0; i < target->list.count; i++) {
        count += draft->resources[target->list.resources[i]]->resource.address_count;
    }
    return count;
}

static size_t add_addresses(const struct draft *draft, const struct draft_target *target,
                            struct address *out)
{
    size_t count = 0;

    for (size_t i = 0; i < target->list.count; i++) {
        const struct resource *from = &draft->resources[target->list.resources[i]]->resource;
        for (size_t j = 0; j < from->address_count; j++) {
            out[count++] = from->addresses[j];
        }
    }
    return count;
}

/* A rule without peers would speak of anybody: never what was meant. */
static void report_no_address(struct draft *draft, const struct draft_document *document,
                              const struct draft_target *target, const struct yaml_node *node)
{
    if (document->without_ucloud || target->broken || target->misses_peer) {
        return; /* told where it selects */
    }
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_ADDRESS, yaml_span(node),
                                 "target `%.*s` has no address", SLICE_ARG(target->id));
    diag_secondary(draft->diags, diag, target->span, "it selects no network resource with one");
    diag_help(draft->diags, diag, "name a target of plane `network`, or write the addresses");
}

/* NULL: no target, or reported. */
static const struct draft_target *target_of(struct draft *draft, struct draft_document *document,
                                            const struct yaml_node *at)
{
    struct slice id = { 0 };

    if (!sla_peer_target(at->text, &id)) {
        return NULL;
    }
    const struct draft_target *target = sla_target_find(document, id);
    if (target == NULL) {
        struct diag_span span = yaml_span(at);
        span.byte_end -= at->quoted ? 1 : 0;
        span.byte = span.byte_end - (uint32_t)id.len;
        sla_target_report(draft, document, span, id);
    }
    return target;
}

static void add_targets(struct draft *draft, struct draft_document *document,
                        const struct yaml_node *peers, struct sla_flow *flow)
{
    size_t room = flow->peer_count + 1;
    size_t count = flow->peer_count;

    for (const struct yaml_node *at = sla_texts_first(peers); at != NULL && !sla_is_full(draft, at);
         at = sla_texts_next(peers, at)) {
        const struct draft_target *target = target_of(draft, document, at);
        size_t some = target != NULL ? count_addresses(draft, target) : 0;
        if (target != NULL && some == 0) {
            report_no_address(draft, document, target, at);
        }
        room += some;
    }
    if (sla_take_pairs(draft, yaml_span(peers), room) == 0) {
        return;
    }
    struct address *all = ARENA_NEW(draft->arena, struct address, room);
    for (size_t i = 0; i < count; i++) {
        all[i] = flow->peers[i];
    }
    for (const struct yaml_node *at = sla_texts_first(peers); at != NULL;
         at = sla_texts_next(peers, at)) {
        struct slice id = { 0 };
        const struct draft_target *target =
            sla_peer_target(at->text, &id) ? sla_target_find(document, id) : NULL;
        count += target != NULL ? add_addresses(draft, target, &all[count]) : 0;
    }
    flow->peers = all;
    flow->peer_count = count;
}

/* What the flow of a clause names as its other end. NULL: it is about no flow, or was found wrong.
 */
static const struct yaml_node *peers_of(const struct draft_clause *clause)
{
    if (clause->broken || clause->reaction != NULL || clause->value == NULL ||
        clause->clause.term == NULL || clause->clause.term->domain != &sla_domain_flow) {
        return NULL;
    }
    enum field_of_flow field = clause->clause.value.flow.outward ? FLOW_TO : FLOW_FROM;
    return yaml_get(clause->value, sla_record_flow.fields[field].key);
}

/* Then the others add nothing. */
static bool has_any(const struct yaml_node *peers)
{
    const struct yaml_node *at = sla_texts_first(peers);

    while (at != NULL && !slice_is(at->text, "any")) {
        at = sla_texts_next(peers, at);
    }
    return at != NULL;
}

const struct yaml_node *sla_peer_named(struct draft *draft, const struct draft_document *document,
                                       struct slice target)
{
    if (!sla_may_compare(draft, document->clause_count)) {
        return NULL;
    }
    for (size_t i = 0; i < document->clause_count; i++) {
        const struct yaml_node *peers = peers_of(&document->clauses[i]);
        const struct yaml_node *at = has_any(peers) ? NULL : sla_texts_first(peers);
        for (; at != NULL; at = sla_texts_next(peers, at)) {
            struct slice id = { 0 };
            if (sla_peer_target(at->text, &id) && slice_eq(id, target)) {
                return at;
            }
        }
    }
    return NULL;
}

void sla_bind_peers(struct draft *draft, struct draft_document *document,
                    struct draft_clause *clause)
{
    const struct yaml_node *peers = peers_of(clause);
    bool some = false;

    for (const struct yaml_node *at = sla_texts_first(peers); at != NULL;
         at = sla_texts_next(peers, at)) {
        some |= sla_peer_target(at->text, NULL);
    }
    if (some && !has_any(peers)) {
        add_targets(draft, document, peers, &clause->clause.value.flow);
    }
}
