#include "sla/policy/tiers.h"

#include "sla/policy/delegation.h"
#include "sla/report.h"
#include "sla/terms/party.h"

/* The first document of a party that declares tiers. */
struct declared {
    const struct draft_document *by;
    /* by tier: the document whose clauses stand in it */
    const struct draft_document *users[SLA_TIERS_MAX];
};

static bool same_tiers(const struct draft_document *a, const struct draft_document *b)
{
    bool same = a->tier_count == b->tier_count;

    for (size_t i = 0; same && i < a->tier_count; i++) {
        same = slice_eq(a->tiers[i].tier.id, b->tiers[i].tier.id) &&
               a->tiers[i].tier.strategy == b->tiers[i].tier.strategy;
    }
    return same;
}

/* Each tier once, and not more than a party may have. */
static void check_tiers(struct draft *draft, const struct draft_document *document)
{
    for (size_t i = 0; i < document->tier_count && i <= SLA_TIERS_MAX; i++) {
        const struct sla_tier *tier = &document->tiers[i].tier;
        if (i == SLA_TIERS_MAX) {
            struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_LIMIT, tier->span,
                                         "more than %d tiers", SLA_TIERS_MAX);
            diag_help(draft->diags, diag, "put rules that need no order among them into one");
        }
        for (size_t j = 0; j < i; j++) {
            if (tier->id.len > 0 && slice_eq(document->tiers[j].tier.id, tier->id)) {
                struct diag *diag =
                    diag_add(draft->diags, DIAG_ERROR, SLA_CODE_REPEATED, tier->span,
                             "tier `%.*s` is repeated", SLICE_ARG(tier->id));
                draft->has_repeated = true;
                diag_secondary(draft->diags, diag, document->tiers[j].tier.span, "first here");
                diag_help(draft->diags, diag, "give one of them another name");
                break;
            }
        }
    }
}

static struct sla_party_tiers copied_tiers(struct arena *arena,
                                           const struct draft_document *document)
{
    size_t count = document->tier_count < SLA_TIERS_MAX ? document->tier_count : SLA_TIERS_MAX;
    struct sla_tier *tiers = ARENA_NEW(arena, struct sla_tier, count);

    /* cppcheck-suppress knownConditionTrueFalse ; that of a document without tiers */
    for (size_t i = 0; i < count; i++) {
        tiers[i] = document->tiers[i].tier;
    }
    return (struct sla_party_tiers){ tiers, count };
}

static void take_tiers(struct draft *draft, const struct draft_document *document,
                       struct declared *declared, struct sla_party_tiers *out)
{
    check_tiers(draft, document);
    if (declared->by == NULL) {
        declared->by = document;
        *out = copied_tiers(draft->arena, document);
    } else if (!same_tiers(declared->by, document)) {
        struct diag *diag =
            diag_add(draft->diags, DIAG_ERROR, SLA_CODE_TIERS, document->tiers[0].tier.span,
                     "`%.*s` declares other tiers elsewhere", SLICE_ARG(document->document.party));
        diag_label(draft->diags, diag, "from here on");
        diag_secondary(draft->diags, diag, declared->by->tiers[0].tier.span, "and here");
        diag_help(draft->diags, diag,
                  "declare the same tiers with the same strategies, in one order; or in one "
                  "document alone");
    }
}

static struct diag_span tier_span(const struct draft_clause *clause)
{
    return yaml_span(yaml_get(clause->clause.node, "tier"));
}

static void report_tier(struct draft *draft, const struct draft_clause *clause,
                        const struct sla_party_tiers *tiers)
{
    struct slice *names = ARENA_NEW(draft->arena, struct slice, tiers->count + 1);

    for (size_t i = 0; i < tiers->count; i++) {
        names[i] = tiers->items[i].id;
    }
    struct diag *diag = sla_report_name(draft, SLA_CODE_TIER, tier_span(clause), clause->tier,
                                        "a tier of this party", names, tiers->count);
    diag_note(draft->diags, diag,
              "tiers are declared in `spec.tiers`: `{id: legal, combine: forbid-overrides}`");
}

/* The order of clauses is that of one document. */
static void check_first_applicable(struct draft *draft, const struct draft_document *document,
                                   const struct draft_clause *clause, const struct sla_tier *tier,
                                   const struct draft_document **user)
{
    if (tier->strategy != SLA_STRATEGY_FIRST_APPLICABLE || *user == document) {
        return;
    }
    if (*user == NULL) {
        *user = document;
        return;
    }
    struct diag *diag =
        diag_add(draft->diags, DIAG_ERROR, SLA_CODE_TIERS, tier_span(clause),
                 "tier `%.*s` takes the first clause that matches", SLICE_ARG(tier->id));
    diag_label(draft->diags, diag, "but not all of its clauses are in one document");
    diag_secondary(draft->diags, diag, (*user)->document.span, "others are in this one");
    diag_help(draft->diags, diag, "move them together, or choose a strategy without an order");
}

/* What is granted names others more closely than who forbids: it would beat every `deny` of the
 * party that granted it. */
static void check_delegate(struct draft *draft, const struct draft_clause *clause,
                           const struct sla_tier *tier)
{
    if (tier->strategy != SLA_STRATEGY_MOST_SPECIFIC || clause->clause.delegate == 0) {
        return;
    }
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_MEMBERS,
                                 yaml_span(yaml_get(clause->clause.node, "delegate")),
                                 "`delegate` does not fit here");
    diag_label(draft->diags, diag, "what others grant would be more specific than a `deny`");
    diag_secondary(draft->diags, diag, tier->span, "this tier takes the most specific");
    diag_help(draft->diags, diag, "put the clause in a tier of another strategy");
}

static void bind_clause(struct draft *draft, const struct draft_document *document,
                        struct draft_clause *clause, struct declared *declared,
                        const struct sla_party_tiers *tiers)
{
    clause->clause.tier = (uint8_t)tiers->count;
    if (clause->tier.len == 0 || clause->broken) {
        return;
    }
    for (size_t i = 0; i < tiers->count; i++) {
        if (slice_eq(tiers->items[i].id, clause->tier)) {
            clause->clause.tier = (uint8_t)i;
            check_first_applicable(draft, document, clause, &tiers->items[i], &declared->users[i]);
            check_delegate(draft, clause, &tiers->items[i]);
            return;
        }
    }
    report_tier(draft, clause, tiers);
}

void sla_bind_tiers(struct draft *draft)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    struct declared *declared = ARENA_NEW(&scratch, struct declared, draft->party_count + 1);

    draft->party_tiers = ARENA_NEW(draft->arena, struct sla_party_tiers, draft->party_count + 1);
    for (size_t i = 0; i < draft->document_count; i++) {
        const struct draft_document *document = draft->documents[i];
        uint32_t party =
            sla_parties_find(draft->parties, draft->party_count, document->document.party);
        if (party != SLA_NOBODY && document->tier_count > 0) {
            take_tiers(draft, document, &declared[party], &draft->party_tiers[party]);
        }
    }
    for (size_t i = 0; i < draft->document_count; i++) {
        struct draft_document *document = draft->documents[i];
        uint32_t party =
            sla_parties_find(draft->parties, draft->party_count, document->document.party);
        sla_count_errors(draft);
        for (size_t j = 0; j < document->clause_count && party != SLA_NOBODY &&
                           !sla_is_full_at(draft, &document->clauses[j].clause.span);
             j++) {
            bind_clause(draft, document, &document->clauses[j], &declared[party],
                        &draft->party_tiers[party]);
        }
    }
}

/* --- of two rules that disagree --------------------------------------------------------------- */

static bool may_stand_in_tier(const struct sla_clause *clause)
{
    return clause->term != NULL && (clause->term->extras & SLA_EXTRA_TIER) != 0;
}

struct slice sla_tiers_advice(struct arena *arena, const struct sla_world *world,
                              const struct sla_clause *one, const struct sla_clause *other)
{
    if (!may_stand_in_tier(one) || !may_stand_in_tier(other)) {
        return (struct slice){ 0 };
    }
    one = sla_delegation_root(one);
    other = sla_delegation_root(other);
    uint32_t party = sla_party_find(world, one->ref.party);
    if (party == SLA_NOBODY || one->tier != other->tier ||
        !slice_eq(one->ref.party, other->ref.party)) {
        return (struct slice){ 0 };
    }
    const struct sla_party_tiers *tiers = &world->party_tiers[party];
    if (one->tier < tiers->count) {
        struct slice id = tiers->items[one->tier].id;
        bool compares = tiers->items[one->tier].strategy == SLA_STRATEGY_MOST_SPECIFIC;
        return arena_printf(arena,
                            "%swrite `{id: %.*s, combine: forbid-overrides}` or "
                            "`permit-overrides` in `tiers`",
                            compares ? "neither is the more specific one: narrow one, or " : "",
                            SLICE_ARG(id));
    }
    return tiers->count > 0
               ? arena_printf(arena,
                              "say which counts: put both into one of the `tiers` that has "
                              "`combine`, for example `tier: %.*s`",
                              SLICE_ARG(tiers->items[0].id))
               : SLICE("say which counts: `tiers: [{id: rules, combine: forbid-overrides}]` or "
                       "`permit-overrides` under `spec`, and `tier: rules` in both clauses");
}
