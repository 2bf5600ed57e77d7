#include "sla/read/check.h"
#include "sla/read/field_types.h"
#include "sla/read/read.h"
#include "sla/read/validity.h"
#include "sla/report.h"
#include "sla/terms/domain.h"
#include "sla/terms/rule.h"
#include "sla/terms/when.h"
#include "sla/words/controls.h"

void sla_read_head(const struct sla_reading *reading, size_t id, struct draft_clause *out)
{
    const struct sla_document *from = &reading->document->document;
    struct sla_clause *clause = &out->clause;

    clause->node = reading->mapping;
    clause->span = sla_reading_span(reading, id);
    clause->value_span = clause->span;
    clause->document = from;
    clause->ref.party = from->party;
    clause->ref.role = from->role;
    clause->ref.document = from->name;
    clause->ref.file = slice_from(clause->span.source->name); /* of a template, perhaps */
    clause->ref.line = clause->span.line;
    if (clause->valid.until_day <= clause->valid.from_day) { /* not there, or reported */
        clause->valid = sla_period_ever();
    }
}

/* A term over actions that has the stance stands for one that does not; of another term all is told
 * that there is. */
static void help_stance(struct diag_list *diags, struct diag *diag, const struct sla_clause *clause)
{
    const struct sla_term *term = clause->term;

    for (size_t i = 0; (term->extras & SLA_EXTRA_ACTION) != 0 && i < sla_term_count(); i++) {
        const struct sla_term *other = sla_term_at(i);
        if ((other->extras & SLA_EXTRA_ACTION) != 0 && other->domain == term->domain &&
            (other->stances & SLA_BIT(clause->stance)) != 0) {
            diag_help(diags, diag, "write `term: %s`, which says who may do an action, too",
                      other->name);
            return;
        }
    }
    diag_help(diags, diag, "%s: %s", term->name, term->doc);
}

static bool check_stance(const struct sla_reading *reading, const struct sla_clause *clause)
{
    struct diag_list *diags = reading->draft->diags;
    bool offer = reading->document->document.kind == SLA_PROVIDER_OFFER;
    struct diag *diag = NULL;

    if (sla_reading_has(reading, CLAUSE_STANCE) && !sla_reading_filled(reading, CLAUSE_STANCE)) {
        return false; /* reported */
    }
    if (clause->term->becomes == SLA_BECOMES_ASSUMPTION) {
        diag = diag_add(diags, DIAG_ERROR, SLA_CODE_STANCE, yaml_span(reading->nodes[CLAUSE_TERM]),
                        "`%s` is no clause", clause->term->name);
        diag_help(diags, diag, "write it into `assumptions`, with its `owner`");
        return false;
    }
    if (offer && !sla_reading_has(reading, CLAUSE_STANCE)) {
        diag =
            diag_add(diags, DIAG_ERROR, SLA_CODE_STANCE, sla_reading_span(reading, CLAUSE_STANCE),
                     "a clause of an offer must say its `stance`");
        diag_help(diags, diag, "write `stance: offers`, `reserves` or `requires`");
        return false;
    }
    if (clause->stance == SLA_OFFERS && !offer) {
        diag =
            diag_add(diags, DIAG_ERROR, SLA_CODE_STANCE, sla_reading_span(reading, CLAUSE_STANCE),
                     "a SecuritySLA does not offer anything");
        diag_help(diags, diag, "a provider offers in a ProviderOffer");
        return false;
    }
    if ((clause->term->stances & SLA_BIT(clause->stance)) == 0) {
        diag = diag_add(diags, DIAG_ERROR, SLA_CODE_STANCE,
                        sla_reading_span(reading, CLAUSE_STANCE), "term `%s` has no stance `%s`",
                        clause->term->name, sla_stance_name(clause->stance));
        help_stance(diags, diag, clause);
        return false;
    }
    return true;
}

static const struct {
    enum sla_extra extra;
    enum field_of_clause member;
} extras[] = {
    { SLA_EXTRA_WINDOW, CLAUSE_WINDOW }, { SLA_EXTRA_PLANNED, CLAUSE_PLANNED },
    { SLA_EXTRA_ACTION, CLAUSE_ACTION }, { SLA_EXTRA_SHARE, CLAUSE_SHARE },
    { SLA_EXTRA_BY, CLAUSE_BY },         { SLA_EXTRA_WITHIN, CLAUSE_WITHIN },
    { SLA_EXTRA_NOTICE, CLAUSE_NOTICE }, { SLA_EXTRA_TIER, CLAUSE_TIER },
    { SLA_EXTRA_PER, CLAUSE_PER },       { SLA_EXTRA_DELEGATE, CLAUSE_DELEGATE },
    { SLA_EXTRA_UNDER, CLAUSE_UNDER },
};

const char *sla_extra_key(size_t bit)
{
    size_t i = 0;

    while (extras[i].extra != SLA_BIT(bit)) {
        i++;
    }
    return sla_record_clause.fields[extras[i].member].key;
}

static void report_foreign(const struct sla_reading *reading, const struct sla_clause *clause,
                           const struct yaml_node *node, const char *key)
{
    struct diag_list *diags = reading->draft->diags;
    struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_MEMBER_OF_TERM, yaml_key_span(node),
                                 "`%s` means nothing here", key);

    diag_label(diags, diag, "not with term `%s`, stance `%s`", clause->term->name,
               sla_stance_name(clause->stance));
    diag_help(diags, diag, "for example `%s`", clause->term->example);
}

/* Members that belong to other terms, or that this one lacks. */
static bool check_extras(const struct sla_reading *reading, const struct sla_clause *clause)
{
    struct diag_list *diags = reading->draft->diags;
    const struct sla_term *term = clause->term;
    const struct yaml_node *when = reading->nodes[CLAUSE_WHEN];
    bool good = true;

    if (when != NULL && term->when == 0) {
        report_foreign(reading, clause, when, reading->record->fields[CLAUSE_WHEN].key);
        good = false;
    } else {
        good = sla_when_fits(reading, term);
    }
    for (size_t i = 0; i < COUNT_OF(extras); i++) {
        const struct yaml_node *node = reading->nodes[extras[i].member];
        const char *key = reading->record->fields[extras[i].member].key;
        bool allowed = (term->extras & extras[i].extra) != 0;
        if (extras[i].extra == SLA_EXTRA_PLANNED && clause->stance != SLA_OFFERS) {
            allowed = false;
        }
        if (node != NULL && !allowed) {
            report_foreign(reading, clause, node, key);
            good = false;
        } else if ((term->needed & extras[i].extra) != 0 &&
                   !sla_reading_has(reading, extras[i].member)) {
            struct diag *diag =
                diag_add(diags, DIAG_ERROR, SLA_CODE_MEMBER_OF_TERM, yaml_span(reading->mapping),
                         "term `%s` needs `%s`", term->name, key);
            diag_help(diags, diag, "for example `%s`", term->example);
            good = false;
        }
    }
    return good;
}

/* Not every term can count for each of the same. */
static bool check_per(const struct sla_reading *reading, const struct sla_clause *clause)
{
    struct diag_list *diags = reading->draft->diags;

    if (!sla_reading_filled(reading, CLAUSE_PER) ||
        (clause->term->pers & SLA_BIT(clause->value.unit)) != 0) {
        return true;
    }
    struct diag *diag =
        diag_add(diags, DIAG_ERROR, SLA_CODE_WORD, sla_reading_span(reading, CLAUSE_PER),
                 "term `%s` is not kept per `%s`", clause->term->name,
                 sla_per_words.names[clause->value.unit]);
    diag_help(diags, diag, "for example `%s`", clause->term->example);
    return false;
}

static bool check_planned(const struct sla_reading *reading, const struct sla_clause *clause)
{
    struct diag_list *diags = reading->draft->diags;
    const struct yaml_node *window = reading->nodes[CLAUSE_WINDOW];

    if (!sla_reading_filled(reading, CLAUSE_PLANNED) ||
        (window != NULL && !sla_reading_filled(reading, CLAUSE_WINDOW)) ||
        clause->value.planned_ms <= clause->value.window_ms) {
        return true;
    }
    struct diag *diag =
        diag_add(diags, DIAG_ERROR, SLA_CODE_QUANTITY, sla_reading_span(reading, CLAUSE_PLANNED),
                 "planned work is longer than its window");
    diag_help(diags, diag, "planned: work in each window, at most all of it");
    return false;
}

static size_t control_count(const struct sla_term *term)
{
    size_t count = 0;

    while (count < SLA_TERM_CONTROLS_MAX && term->controls[count] != NULL) {
        count++;
    }
    return count;
}

/* Made once, for all clauses of the term. */
static const struct slice *controls_of(struct draft *draft, const struct sla_term *term)
{
    size_t at = sla_term_index(term);

    if (draft->controls_of_terms == NULL) {
        draft->controls_of_terms = ARENA_NEW(draft->arena, const struct slice *, sla_term_count());
    }
    if (draft->controls_of_terms[at] == NULL) {
        struct slice *controls = ARENA_NEW(draft->arena, struct slice, SLA_TERM_CONTROLS_MAX);
        for (size_t i = 0; i < control_count(term); i++) {
            controls[i] = slice_from(term->controls[i]);
        }
        draft->controls_of_terms[at] = controls;
    }
    return draft->controls_of_terms[at];
}

/* Names of NIST's catalogue that are none. Other catalogues are not known here. */
static void check_controls(struct sla_reading *reading)
{
    const struct yaml_node *node = reading->nodes[CLAUSE_CONTROLS];
    struct diag_list *diags = reading->draft->diags;

    for (const struct yaml_node *at = sla_texts_first(node); at != NULL;
         at = sla_texts_next(node, at)) {
        struct slice label = at->text;
        struct slice scheme = slice_cut(&label, ':');
        enum sla_control_state state = sla_control_find(label);
        if (!slice_is(scheme, "nist") || state == SLA_CONTROL_THERE) {
            continue;
        }
        struct diag *diag =
            diag_add(diags, DIAG_WARNING, SLA_CODE_CONTROL, yaml_span(at),
                     state == SLA_CONTROL_WITHDRAWN ? "control `%.*s` of SP 800-53 was withdrawn"
                                                    : "no control of SP 800-53 is labelled `%.*s`",
                     SLICE_ARG(label));
        CLEANUP(buf_done) struct buf spelled = { 0 };
        buf_add_cstr(&spelled, "nist:");
        if (sla_control_spell(label, &spelled)) {
            diag_help(diags, diag, "write `%s`", spelled.ptr);
            (void)diag_fix(diags, diag, true, yaml_span(at), buf_slice(&spelled),
                           "replace with `%s`", spelled.ptr);
        } else {
            diag_help(diags, diag, "labels of revision 5 look like `nist:SA-9` and `nist:SA-9(5)`");
        }
    }
}

static bool check_by_term(struct sla_reading *reading, struct draft_clause *out)
{
    struct sla_clause *clause = &out->clause;

    if (clause->term == NULL || !check_stance(reading, clause) || !sla_read_op(reading, clause)) {
        return false;
    }
    bool good = check_extras(reading, clause);
    good &= check_planned(reading, clause);
    good &= (clause->term->extras & SLA_EXTRA_PER) == 0 || check_per(reading, clause);
    if ((clause->term->extras & SLA_EXTRA_SHARE) != 0 && !sla_reading_has(reading, CLAUSE_SHARE)) {
        clause->value.share_ppb = SLA_PPB;
    }
    bool has_value = sla_read_value(reading, clause, out->value, &clause->value);
    sla_rule_fill(reading->draft->arena, clause);
    good = sla_check_rule(reading, out, has_value) && has_value && good;
    if (out->value != NULL && clause->term->domain != &sla_domain_parties) {
        clause->value_span = yaml_span(out->value);
    } else if (reading->nodes[CLAUSE_ACTION] != NULL) {
        clause->value_span = sla_reading_span(reading, CLAUSE_ACTION);
    }
    good = good && sla_check_measure(reading, clause);
    if (reading->nodes[CLAUSE_CONTROLS] == NULL) {
        clause->controls = controls_of(reading->draft, clause->term);
        clause->control_count = control_count(clause->term);
    }
    return good;
}

/* What a clause weighs matters where it may give way. */
static bool check_weight(const struct sla_reading *reading, struct sla_clause *clause)
{
    struct diag_list *diags = reading->draft->diags;
    const struct yaml_node *node = reading->nodes[CLAUSE_WEIGHT];

    if (node == NULL) {
        clause->weight = 1;
        return true;
    }
    if (clause->strength == SLA_SHOULD) {
        return true;
    }
    struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_MEMBER_OF_TERM, yaml_key_span(node),
                                 "`weight` means nothing here");
    diag_label(diags, diag, "only with `strength: should`");
    diag_help(diags, diag, "a `must` never gives way: take it out");
    return false;
}

void sla_check_clause(struct sla_reading *reading, void *filled)
{
    struct draft_clause *out = filled;

    sla_read_head(reading, CLAUSE_ID, out);
    reading->draft->has_granted |= out->clause.granted_by.len > 0;
    check_controls(reading);
    reading->good &= check_by_term(reading, out);
    reading->good &= check_weight(reading, &out->clause);
    out->broken = !reading->good;
}

void sla_check_reaction(struct sla_reading *reading, void *filled)
{
    struct draft_reaction *out = filled;

    sla_read_head(reading, REACTION_ID, &out->head);
    out->head.rule = yaml_get(reading->nodes[REACTION_WHEN], "rule");
    if (reading->nodes[REACTION_RESPOND] != NULL) {
        out->head.clause.value_span = sla_reading_span(reading, REACTION_RESPOND);
    }
    out->head.broken = !reading->good;
}
