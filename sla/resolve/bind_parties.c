#include "sla/read/field_types.h"
#include "sla/read/select.h"
#include "sla/report.h"
#include "sla/terms/domain.h"
#include "sla/terms/party.h"
#include "sla/terms/rule.h"
#include "sla/words/form.h"

const struct slice *sla_party_names(struct draft *draft)
{
    if (draft->party_names == NULL) {
        struct slice *names = ARENA_NEW(draft->arena, struct slice, draft->party_count + 1);
        for (size_t i = 0; i < draft->party_count; i++) {
            names[i] = draft->parties[i].name;
        }
        draft->party_names = names;
    }
    return draft->party_names;
}

/* --- what was meant instead ------------------------------------------------------------------- */

/* A name that is to be a party's, and what else may stand in its place. */
struct named {
    const struct draft_document *document;
    struct diag_span span;
    struct slice name;
    bool may_be_anyone, may_be_member;
    bool denies; /* so `anyone` opens nothing */
};

struct meanings {
    struct slice items[2];
    size_t count;
    bool is_certain; /* nothing else can be meant, also in a document that is not here */
};

/* `sales`, where some clause names `group/sales` of the same party. */
static void add_member(struct draft *draft, const struct named *named, const char *kind,
                       struct meanings *out)
{
    struct slice word = arena_printf(draft->arena, "%s/%.*s", kind, SLICE_ARG(named->name));
    struct slice path = arena_printf(draft->arena, "%.*s/%.*s",
                                     SLICE_ARG(named->document->document.party), SLICE_ARG(word));

    if (sla_parties_find(draft->parties, draft->party_count, path) != SLA_NOBODY) {
        out->items[out->count++] = word;
    }
}

static struct meanings meanings_of(struct draft *draft, const struct named *named)
{
    struct meanings meanings = { .count = 0 };

    if (named->may_be_anyone && sla_says_everybody(named->name)) {
        meanings.items[meanings.count++] = SLICE(SLA_ANYONE);
        meanings.is_certain = named->denies && !draft->options.partial;
    } else if (named->may_be_member) {
        add_member(draft, named, "group", &meanings);
        add_member(draft, named, "user", &meanings);
        meanings.is_certain = meanings.count == 1 && !draft->options.partial &&
                              sla_is_whole_for(draft, named->document);
    }
    return meanings;
}

static void report_meanings(struct draft *draft, struct diag *diag, const struct named *named,
                            const struct meanings *meanings)
{
    struct slice first = meanings->items[0];

    if (meanings->count == 1) {
        diag_help(draft->diags, diag, "did you mean `%.*s`?", SLICE_ARG(first));
        (void)diag_fix(draft->diags, diag, meanings->is_certain, named->span, first,
                       "replace with `%.*s`", SLICE_ARG(first));
    } else {
        diag_help(draft->diags, diag, "did you mean `%.*s` or `%.*s`?", SLICE_ARG(first),
                  SLICE_ARG(meanings->items[1]));
    }
}

/* --- names of parties ------------------------------------------------------------------------- */

/* Where other documents may have the party, no fix: `hospital-b` is near `hospital-a`, too. */
static void report_parties(struct draft *draft, struct diag *diag, const struct named *named)
{
    if (!draft->options.partial) {
        sla_report_choices(draft, diag, named->span, named->name, sla_party_names(draft),
                           draft->party_count);
        return;
    }
    struct slice near = sla_nearest(draft, named->name, sla_party_names(draft), draft->party_count);
    if (near.len > 0) {
        diag_help(draft->diags, diag, "did you mean `%.*s`?", SLICE_ARG(near));
    } else {
        diag_help(draft->diags, diag, "add the file of this party, or name one that is here");
    }
}

/* An error of documents that are whole. Of some of them a warning when they look whole or nobody
 * calls a party so, else no more than a note, of a name that is near another. */
static bool check(struct draft *draft, const struct named *named)
{
    if (sla_parties_find(draft->parties, draft->party_count, named->name) != SLA_NOBODY) {
        return true;
    }
    const struct meanings meanings = meanings_of(draft, named);
    bool whole = sla_is_whole_for(draft, named->document);
    enum diag_level level = whole && !draft->options.partial ? DIAG_ERROR : DIAG_WARNING;
    if (!whole && meanings.count == 0) {
        level = DIAG_NOTE;
        if (sla_nearest(draft, named->name, sla_party_names(draft), draft->party_count).len == 0) {
            return true;
        }
    }
    struct diag *diag =
        diag_add(draft->diags, level, SLA_CODE_PARTY, named->span,
                 "`%.*s` is not a party of these documents", SLICE_ARG(named->name));
    if (meanings.count > 0) {
        report_meanings(draft, diag, named, &meanings);
    } else {
        report_parties(draft, diag, named);
    }
    if (level != DIAG_NOTE) {
        diag_note(draft->diags, diag,
                  "roles are tenant, user, provider and operator; parties are those that "
                  "wrote a document or hold a resource");
    }
    if (level == DIAG_WARNING) {
        sla_report_partial(draft, diag);
    }
    return false;
}

bool sla_party_is_known(struct draft *draft, const struct draft_document *document,
                        struct diag_span span, struct slice name)
{
    const struct named named = { document, span, name, true, true, false };

    return draft->options.partial || check(draft, &named);
}

void sla_bind_party(struct draft *draft, const struct draft_document *document,
                    struct diag_span span, struct slice name)
{
    const struct named named = { .document = document, .span = span, .name = name };

    (void)check(draft, &named);
}

/* --- clauses ---------------------------------------------------------------------------------- */

static bool names_parties(const struct draft_clause *clause)
{
    const struct sla_term *term = clause->clause.term;

    if (clause->reaction != NULL || term == NULL) {
        return false;
    }
    if (term->domain == &sla_domain_names || term->domain == &sla_domain_mentions) {
        const struct sla_naming *naming = term->of;
        return naming->by_role;
    }
    return term->domain == &sla_domain_parties;
}

/* The party that a word of a rule is about, or is of; empty: a role, anyone, the writer's own, or
 * what was reported already. */
static struct slice party_named(const struct draft_clause *clause, struct slice text)
{
    enum party_role role = PARTY_TENANT;
    struct sla_subject subject = { .party = text };

    if (party_role_parse(text, &role)) {
        return (struct slice){ 0 };
    }
    if (clause->clause.term->domain == &sla_domain_parties) {
        struct status status = sla_parse_subject(text, &subject);
        subject.party = status_ok(&status) ? subject.party : (struct slice){ 0 };
    }
    return subject.party;
}

static void check_value(struct draft *draft, const struct draft_document *document,
                        const struct draft_clause *clause)
{
    const struct sla_term *term = clause->clause.term;
    bool is_rule = term->domain == &sla_domain_parties;

    for (const struct yaml_node *node = sla_texts_first(clause->value);
         node != NULL && !sla_is_full(draft, node); node = sla_texts_next(clause->value, node)) {
        struct slice party = party_named(clause, node->text);
        bool alone = slice_eq(party, node->text); /* not that of `hospital-b/user/ana` */
        const struct named named = { .document = document,
                                     .span = yaml_span(node),
                                     .name = party,
                                     .may_be_anyone = is_rule && alone,
                                     .may_be_member = is_rule && alone && term->of != NULL,
                                     .denies = clause->clause.op == SLA_OP_DENY };
        if (party.len > 0) {
            (void)check(draft, &named);
        }
    }
}

static void check_measuring(struct draft *draft, const struct draft_document *document,
                            const struct draft_clause *clause)
{
    enum party_role role = PARTY_TENANT;

    if (clause->clause.measured_by == NULL) {
        return;
    }
    const struct yaml_node *measure = yaml_get(clause->clause.node, "measuredBy");
    struct slice party = clause->clause.measured_by->party;
    if (party.len > 0 && measure != NULL && !party_role_parse(party, &role)) {
        sla_bind_party(draft, document, yaml_span(yaml_get(measure, "party")), party);
    }
}

void sla_bind_parties(struct draft *draft, const struct draft_document *document,
                      const struct draft_clause *clause)
{
    if (clause->value != NULL && names_parties(clause)) {
        check_value(draft, document, clause);
    }
    check_measuring(draft, document, clause);
}
