#include "sla/terms/rule.h"

#include "sla/terms/domain.h"
#include "sla/terms/party.h"

static bool is_rule(const struct sla_clause *clause)
{
    return clause->term->becomes == SLA_BECOMES_POLICY;
}

static bool names_parties(const struct sla_clause *clause)
{
    return clause->term->domain == &sla_domain_parties;
}

static bool is_duty(const struct sla_clause *clause)
{
    return clause->op == SLA_OP_APART;
}

/* --- acts and subjects ------------------------------------------------------------------------ */

static uint64_t acts_of_set(const struct sla_universe *universe, const struct sla_set *set)
{
    uint64_t acts = 0;

    for (uint32_t i = 0; i < universe->count; i++) {
        enum sla_act act = SLA_ACT_NETWORK_DENY;
        if (sla_set_has(set, i) && sla_act_parse(slice_from(universe->names[i]), &act)) {
            acts |= UINT64_C(1) << act;
        }
    }
    return acts;
}

uint64_t sla_rule_kept_apart(const struct sla_clause *clause)
{
    return acts_of_set(clause->term->of, &clause->value.set);
}

bool sla_rule_is_held(const struct sla_clause *clause)
{
    return clause->term != NULL && is_duty(clause) && clause->value.unit == SLA_PER_SUBJECT;
}

static uint64_t acts_of(const struct sla_clause *clause)
{
    const struct sla_term *term = clause->term;

    if (term->domain == &sla_domain_level) {
        return clause->value.range.least > 0 ? term->acts : 0;
    }
    if (term->domain == &sla_domain_set) {
        uint64_t named = acts_of_set(term->of, &clause->value.set);
        return clause->stance == SLA_RESERVES ? named : term->acts & ~named;
    }
    if (is_duty(clause)) {
        return sla_rule_is_held(clause) ? 0 : sla_rule_kept_apart(clause);
    }
    return term->acts != 0 ? term->acts : UINT64_C(1) << clause->action;
}

void sla_rule_fill(struct arena *arena, struct sla_clause *clause)
{
    static const struct sla_party_ref anyone = { .name = { SLA_ANYONE, sizeof(SLA_ANYONE) - 1 } };

    if (!is_rule(clause)) {
        return;
    }
    clause->acts = acts_of(clause);
    if (names_parties(clause)) {
        clause->subjects = clause->value.parties;
    } else if (clause->stance == SLA_RESERVES) {
        struct sla_party_ref *own = ARENA_NEW(arena, struct sla_party_ref, 1);
        own->name = clause->ref.party;
        clause->subjects = (struct sla_parties){ own, 1 };
    } else {
        clause->subjects = (struct sla_parties){ &anyone, 1 };
    }
}

bool sla_rule_forbids(const struct sla_clause *clause)
{
    return clause->reaction == NULL && is_rule(clause) &&
           (clause->op == SLA_OP_DENY ||
            (!names_parties(clause) && clause->stance != SLA_RESERVES));
}

uint64_t sla_rule_apart(const struct sla_clause *clause, enum sla_act act)
{
    return is_duty(clause) ? clause->acts & ~(UINT64_C(1) << act) : 0;
}

bool sla_rule_needs_consent(const struct sla_clause *clause)
{
    return clause->op == SLA_OP_NEEDED;
}

/* --- what crosses members --------------------------------------------------------------------- */

/* What Redan executes is for parties to permit: `authority`. */
static bool check_act(struct sla_reading *reading, const struct sla_clause *clause)
{
    bool takes_all = names_parties(clause) && clause->term->of == NULL;
    enum action_kind executed = ACTION_NETWORK_DENY;

    if (takes_all || !sla_reading_filled(reading, CLAUSE_ACTION) ||
        !sla_act_action(clause->action, &executed)) {
        return true;
    }
    struct diag *diag = diag_add(reading->draft->diags, DIAG_ERROR, SLA_CODE_WORD,
                                 sla_reading_span(reading, CLAUSE_ACTION),
                                 "`%s` is executed by Redan itself", sla_act_name(clause->action));
    diag_help(reading->draft->diags, diag, "who may have it done is said by term `authority`");
    return false;
}

static bool check_duty(struct sla_reading *reading, const struct sla_clause *clause)
{
    if (__builtin_popcountll(sla_rule_kept_apart(clause)) > 1) {
        return true;
    }
    struct diag *diag =
        diag_add(reading->draft->diags, DIAG_ERROR, SLA_CODE_MEMBERS,
                 sla_reading_span(reading, CLAUSE_VALUE), "one act alone is apart already");
    diag_label(reading->draft->diags, diag, "needs two acts at least");
    diag_help(reading->draft->diags, diag, "for example `%s`", clause->term->example);
    return false;
}

static bool lists(const struct sla_name_set *names, struct slice name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (slice_eq(names->names[i], name)) {
            return true;
        }
    }
    return false;
}

/* The purposes for which consent is needed are a condition of the rule. Those of its `when` beside
 * them narrow it. */
static bool take_purposes(struct sla_reading *reading, struct draft_clause *out)
{
    const struct sla_name_set *needed = &out->clause.value.names;
    struct arena *arena = reading->draft->arena;

    out->when = out->when != NULL ? out->when : ARENA_NEW(arena, struct draft_when, 1);
    struct draft_when *when = out->when;
    struct slice *both = ARENA_NEW(arena, struct slice, when->purpose_count + 1);
    size_t count = 0;

    if (when->purpose_count == 0) {
        when->purposes = needed->names;
        when->purpose_count = needed->count;
        return true;
    }
    for (size_t i = 0; i < when->purpose_count; i++) {
        if (lists(needed, when->purposes[i])) {
            both[count++] = when->purposes[i];
        }
    }
    when->purposes = both;
    when->purpose_count = count;
    if (count > 0) {
        return true;
    }
    struct diag *diag = diag_add(reading->draft->diags, DIAG_ERROR, SLA_CODE_MEMBERS,
                                 sla_reading_span(reading, CLAUSE_WHEN), "the clause never speaks");
    diag_label(reading->draft->diags, diag, "none of these purposes needs consent");
    diag_secondary(reading->draft->diags, diag, sla_reading_span(reading, CLAUSE_VALUE),
                   "consent is needed for these");
    diag_help(reading->draft->diags, diag, "leave `purpose` out of `when`: the value says it");
    return false;
}

static bool report_member(struct sla_reading *reading, enum field_of_clause member,
                          const char *label, const char *help)
{
    struct diag_list *diags = reading->draft->diags;
    struct diag *diag =
        diag_add(diags, DIAG_ERROR, SLA_CODE_MEMBERS, yaml_key_span(reading->nodes[member]),
                 "`%s` does not fit here", reading->record->fields[member].key);

    diag_label(diags, diag, "%s", label);
    diag_help(diags, diag, "%s", help);
    return false;
}

/* Rights that their party takes are not granted; what is granted is a permit, and counts where the
 * clause that grants it does (sla/policy/delegation.h). */
static bool check_grant(struct sla_reading *reading, const struct sla_clause *clause)
{
    bool right = clause->stance == SLA_RESERVES;
    bool hands_on = clause->op == SLA_OP_PERMIT || clause->op == SLA_OP_ONLY;

    if (reading->nodes[CLAUSE_DELEGATE] != NULL && (right || !hands_on)) {
        return report_member(reading, CLAUSE_DELEGATE,
                             "only a `permit` or `only` can be granted on",
                             "take `delegate` out; a reserved right stays with its party");
    }
    if (reading->nodes[CLAUSE_UNDER] == NULL) {
        return true;
    }
    if (clause->granted_by.len == 0) {
        return report_member(reading, CLAUSE_UNDER, "it names no clause",
                             "write an id of this document, or `PARTY/DOCUMENT/CLAUSE`");
    }
    if (right || clause->op != SLA_OP_PERMIT) {
        return report_member(reading, CLAUSE_UNDER, "only a `permit` can be granted",
                             "take `under` out, or write `op: permit`, `stance: requires`");
    }
    if (reading->nodes[CLAUSE_TIER] != NULL) {
        return report_member(reading, CLAUSE_TIER, "it counts where what it rests on stands",
                             "take `tier` out");
    }
    return true;
}

bool sla_check_rule(struct sla_reading *reading, struct draft_clause *out, bool has_value)
{
    const struct sla_clause *clause = &out->clause;

    if (!is_rule(clause)) {
        return true;
    }
    bool good = check_act(reading, clause);
    if (sla_rule_is_held(clause) && reading->nodes[CLAUSE_TIER] != NULL) {
        good = report_member(reading, CLAUSE_TIER, "nobody is asked about it",
                             "take `tier` out: `per: subject` is decided when compiling");
    }
    good = check_grant(reading, clause) && good;
    if (has_value && is_duty(clause)) {
        good = check_duty(reading, clause) && good;
    }
    if (has_value && sla_rule_needs_consent(clause)) {
        good = take_purposes(reading, out) && good;
    }
    return good;
}
