#include "sla/read.h"
#include "sla/record.h"
#include "sla/report.h"

#include "base/parse.h"

static const char *const stance_names[] = { "requires", "offers", "reserves" };
static const char *const strength_names[] = { "must", "should" };
static const char *const op_names[] = { "in",     "not in", ">=",   "<=",
                                        "permit", "deny",   "only", "oblige" };
static const char *const severity_names[] = { "info", "low", "medium", "high", "critical" };
static const char *const approval_names[] = { "none", "one", "two" };

bool sla_read_action(struct draft *draft, struct diag_span span, struct slice text,
                     enum action_kind *out)
{
    const char *names[ACTION_KINDS];

    if (action_kind_parse(text, out)) {
        return true;
    }
    for (size_t i = 0; i < ACTION_KINDS; i++) {
        names[i] = action_kind_name((enum action_kind)i);
    }
    (void)sla_report_word(draft, SLA_CODE_WORD, span, text, "an action", names, ACTION_KINDS);
    return false;
}

static void fill_ref(const struct draft_document *document, struct sla_clause *clause)
{
    const struct sla_document *from = &document->document;

    clause->document = from;
    clause->ref.party = from->party;
    clause->ref.role = from->role;
    clause->ref.document = from->name;
    clause->ref.file = slice_from(from->source->name);
    clause->ref.line = clause->span.line;
}

/* What a clause and a reaction have in common. */
static void read_head(struct draft *draft, const struct draft_document *document,
                      const struct yaml_node *node, const struct yaml_node *id, const char *what,
                      struct draft_clause *out)
{
    out->clause.node = node;
    out->clause.span = yaml_span(node);
    if (id != NULL) {
        out->clause.span = yaml_span(id);
        out->broken |= !sla_read_name(draft, id, what, &out->clause.ref.clause);
    }
    out->clause.value_span = out->clause.span;
    fill_ref(document, &out->clause);
}

static bool read_term(struct draft *draft, const struct yaml_node *node,
                      const struct sla_term **out)
{
    size_t count = 0;
    const struct sla_term *terms = sla_terms(&count);

    if (node == NULL) {
        return false;
    }
    *out = sla_term_find(node->text);
    if (*out != NULL) {
        return true;
    }
    const char **names = ARENA_NEW(draft->arena, const char *, count);
    for (size_t i = 0; i < count; i++) {
        names[i] = terms[i].name;
    }
    struct diag *diag =
        sla_report_word(draft, SLA_CODE_TERM, yaml_span(node), node->text, "a term", names, count);
    diag_note(draft->diags, diag, "all terms: docs/reference/sla.md");
    return false;
}

static bool read_stance(struct draft *draft, const struct draft_document *document,
                        const struct yaml_node *node, const struct yaml_node *clause_node,
                        struct sla_clause *clause)
{
    size_t stance = SLA_REQUIRES;
    bool offer = document->document.kind == SLA_PROVIDER_OFFER;
    struct diag_span span = node != NULL ? yaml_span(node) : yaml_span(clause_node);
    struct diag *diag = NULL;

    if (node == NULL && yaml_get(clause_node, "stance") != NULL) {
        return false; /* of a wrong shape: reported */
    }
    if (node == NULL && offer) {
        diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_STANCE, span,
                        "a clause of an offer must say its `stance`");
        diag_help(draft->diags, diag, "write `stance: offers`, `reserves` or `requires`");
        return false;
    }
    if (node != NULL &&
        !sla_read_word(draft, node, "a stance", stance_names, COUNT_OF(stance_names), &stance)) {
        return false;
    }
    clause->stance = (enum sla_stance)stance;
    if (clause->stance == SLA_OFFERS && !offer) {
        diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_STANCE, span,
                        "a SecuritySLA does not offer anything");
        diag_help(draft->diags, diag, "a provider offers in a ProviderOffer");
        return false;
    }
    if ((clause->term->stances & SLA_BIT(stance)) == 0) {
        diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_STANCE, span,
                        "term `%s` has no stance `%s`", clause->term->name, stance_names[stance]);
        diag_help(draft->diags, diag, "%s: %s", clause->term->name, clause->term->doc);
        return false;
    }
    return true;
}

static bool read_op(struct draft *draft, const struct yaml_node *node,
                    const struct yaml_node *clause_node, struct sla_clause *clause)
{
    const struct sla_term *term = clause->term;
    const char *allowed[SLA_OPS];
    size_t count = 0;

    for (size_t i = 0; i < SLA_OPS; i++) {
        if ((term->ops & SLA_BIT(i)) != 0) {
            allowed[count++] = op_names[i];
        }
    }
    if (node == NULL && yaml_get(clause_node, "op") != NULL) {
        return false; /* of a wrong shape: reported */
    }
    if (node == NULL && clause->stance == SLA_RESERVES) {
        clause->op = SLA_OP_PERMIT;
        return true;
    }
    if (node == NULL) {
        struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_MISSING_KEY,
                                     yaml_span(clause_node), "a clause needs `op`");
        diag_help(draft->diags, diag, "for example `%s`", term->example);
        return false;
    }
    if (!sla_op_parse(node->text, &clause->op) || (term->ops & SLA_BIT(clause->op)) == 0) {
        CLEANUP(buf_done) struct buf what = { 0 };
        buf_printf(&what, "an operator of `%s`", term->name);
        (void)sla_report_word(draft, SLA_CODE_OPERATOR, yaml_span(node), node->text, what.ptr,
                              allowed, count);
        return false;
    }
    if (clause->stance == SLA_RESERVES && clause->op != SLA_OP_PERMIT) {
        struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_OPERATOR, yaml_span(node),
                                     "a reserved right cannot be `%s`", op_names[clause->op]);
        diag_help(draft->diags, diag, "write `op: permit`, or `stance: requires`");
        return false;
    }
    return true;
}

/* ">= high" */
static bool read_severity(struct draft *draft, const struct yaml_node *when, enum severity *out)
{
    const struct yaml_node *members[SLA_FIELDS_MAX];

    if (!sla_record_read(draft, &sla_record_clause_when, when, members)) {
        return false;
    }
    const struct yaml_node *node = members[CLAUSE_WHEN_SEVERITY];
    if (slice_starts(node->text, SLICE(">=")) &&
        severity_parse(slice_trim(slice_sub(node->text, 2, node->text.len)), out)) {
        return true;
    }
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_QUANTITY, yaml_span(node),
                                 "`%.*s` is not a bound on severity", SLICE_ARG(node->text));
    diag_label(draft->diags, diag, "expected `\">= high\"`");
    diag_help(draft->diags, diag, "severities: %s, %s, %s, %s, %s", severity_names[0],
              severity_names[1], severity_names[2], severity_names[3], severity_names[4]);
    return false;
}

static const struct {
    enum sla_extra extra;
    enum field_of_clause member;
} extras[] = {
    { SLA_EXTRA_WINDOW, CLAUSE_WINDOW },
    { SLA_EXTRA_PLANNED, CLAUSE_PLANNED },
    { SLA_EXTRA_ACTION, CLAUSE_ACTION },
    { SLA_EXTRA_SEVERITY, CLAUSE_WHEN },
};

/* Members that belong to other terms, or that this one lacks. */
static bool check_extras(struct draft *draft, const struct yaml_node *const *members,
                         const struct yaml_node *clause_node, const struct sla_clause *clause)
{
    const struct sla_term *term = clause->term;
    bool good = true;

    for (size_t i = 0; i < COUNT_OF(extras); i++) {
        const struct yaml_node *node = members[extras[i].member];
        const char *key = sla_record_clause.fields[extras[i].member].key;
        bool allowed = (term->extras & extras[i].extra) != 0;
        if (extras[i].extra == SLA_EXTRA_PLANNED && clause->stance != SLA_OFFERS) {
            allowed = false;
        }
        if (node != NULL && !allowed) {
            struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_MEMBER_OF_TERM,
                                         yaml_key_span(node), "`%s` means nothing here", key);
            diag_label(draft->diags, diag, "not with term `%s`, stance `%s`", term->name,
                       stance_names[clause->stance]);
            diag_help(draft->diags, diag, "for example `%s`", term->example);
            good = false;
        } else if (node == NULL && (term->needed & extras[i].extra) != 0 &&
                   yaml_get(clause_node, key) == NULL) {
            struct diag *diag =
                diag_add(draft->diags, DIAG_ERROR, SLA_CODE_MEMBER_OF_TERM, yaml_span(clause_node),
                         "term `%s` needs `%s`", term->name, key);
            diag_help(draft->diags, diag, "for example `%s`", term->example);
            good = false;
        }
    }
    return good;
}

static bool read_extras(struct draft *draft, const struct yaml_node *const *members,
                        struct sla_clause *clause)
{
    bool good = true;

    if (members[CLAUSE_WINDOW] != NULL) {
        good &=
            sla_read_duration(draft, members[CLAUSE_WINDOW], "the window", 1, &clause->window_ms);
    }
    if (members[CLAUSE_PLANNED] != NULL) {
        good &= sla_read_duration(draft, members[CLAUSE_PLANNED], "the planned work", 0,
                                  &clause->planned_ms);
    }
    if (members[CLAUSE_ACTION] != NULL) {
        good &= sla_read_action(draft, yaml_span(members[CLAUSE_ACTION]),
                                members[CLAUSE_ACTION]->text, &clause->action);
        clause->value_span = yaml_span(members[CLAUSE_ACTION]);
    }
    if (members[CLAUSE_WHEN] != NULL) {
        good &= read_severity(draft, members[CLAUSE_WHEN], &clause->min_severity);
    }
    if (good && members[CLAUSE_PLANNED] != NULL && clause->planned_ms > clause->window_ms) {
        struct diag *diag =
            diag_add(draft->diags, DIAG_ERROR, SLA_CODE_QUANTITY,
                     yaml_span(members[CLAUSE_PLANNED]), "planned work is longer than its window");
        diag_help(draft->diags, diag, "planned: work in each window, at most all of it");
        good = false;
    }
    return good;
}

static void read_controls(struct draft *draft, const struct yaml_node *node,
                          struct sla_clause *clause)
{
    size_t room = node != NULL ? sla_texts_count(node) : SLA_TERM_CONTROLS_MAX;
    struct slice *controls = ARENA_NEW(draft->arena, struct slice, room + 1);

    for (const struct yaml_node *at = sla_texts_first(node); at != NULL;
         at = sla_texts_next(node, at)) {
        controls[clause->control_count++] = at->text;
    }
    for (size_t i = 0; node == NULL && i < room && clause->term->controls[i] != NULL; i++) {
        controls[clause->control_count++] = slice_from(clause->term->controls[i]);
    }
    clause->controls = controls;
}

void sla_read_clause(struct draft *draft, const struct draft_document *document,
                     const struct yaml_node *node, struct draft_clause *out)
{
    const struct yaml_node *members[SLA_FIELDS_MAX];
    struct sla_clause *clause = &out->clause;
    size_t strength = SLA_MUST;

    out->broken = !sla_record_read(draft, &sla_record_clause, node, members);
    read_head(draft, document, node, members[CLAUSE_ID], "the id of a clause", out);
    out->on = members[CLAUSE_ON];
    out->except = members[CLAUSE_EXCEPT];
    out->value = members[CLAUSE_VALUE];
    if (members[CLAUSE_STRENGTH] != NULL) {
        out->broken |= !sla_read_word(draft, members[CLAUSE_STRENGTH], "a strength", strength_names,
                                      COUNT_OF(strength_names), &strength);
        clause->strength = (enum sla_strength)strength;
    }
    if (!read_term(draft, members[CLAUSE_TERM], &clause->term) ||
        !read_stance(draft, document, members[CLAUSE_STANCE], node, clause) ||
        !read_op(draft, members[CLAUSE_OP], node, clause)) {
        out->broken = true;
        return;
    }
    out->broken |= !check_extras(draft, members, node, clause);
    out->broken |= !read_extras(draft, members, clause);
    out->broken |= !sla_read_value(draft, document, clause, out->value, &clause->value);
    if (out->value != NULL && clause->term->domain != SLA_DOMAIN_PARTIES) {
        clause->value_span = yaml_span(out->value);
    }
    read_controls(draft, members[CLAUSE_CONTROLS], clause);
}

/* "network.deny source", "compute.snapshot" */
static bool read_response(struct draft *draft, const struct yaml_node *node, enum action_kind *out)
{
    struct slice rest = node->text;
    struct slice name = slice_cut(&rest, ' ');

    if (!sla_read_action(draft, yaml_span(node), name, out)) {
        return false;
    }
    struct slice argument = slice_trim(rest);
    bool wants_source = action_type(*out)->takes_source;
    if (wants_source ? slice_is(argument, "source") : argument.len == 0) {
        return true;
    }
    struct diag *diag = diag_add(
        draft->diags, DIAG_ERROR, SLA_CODE_ACTION_ARGUMENT, yaml_span(node), "%s",
        wants_source ? "the action needs its argument `source`" : "the action takes no argument");
    diag_help(draft->diags, diag, "write `%.*s%s`", SLICE_ARG(name), wants_source ? " source" : "");
    return false;
}

static bool read_respond(struct draft *draft, const struct yaml_node *node,
                         struct reaction *reaction)
{
    bool good = true;

    if (sla_texts_count(node) == 0 || sla_texts_count(node) > REACTION_ACTIONS_MAX) {
        struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_LIMIT, yaml_span(node),
                                     "a reaction has 1 to %d actions", REACTION_ACTIONS_MAX);
        diag_help(draft->diags, diag, "respond: what may be done when the rule fires");
        return false;
    }
    for (const struct yaml_node *at = sla_texts_first(node); at != NULL;
         at = sla_texts_next(node, at)) {
        good &= read_response(draft, at, &reaction->respond[reaction->respond_count]);
        reaction->respond_count++;
    }
    return good;
}

static bool read_reaction_terms(struct draft *draft, const struct yaml_node *const *members,
                                struct reaction *reaction)
{
    const struct yaml_node *when[SLA_FIELDS_MAX];
    size_t approval = APPROVAL_NONE;
    bool good =
        sla_record_read(draft, &sla_record_reaction_when, members[REACTION_WHEN], when) &&
        sla_read_name(draft, when[REACTION_WHEN_RULE], "the name of a rule", &reaction->rule);

    good &= sla_read_duration(draft, members[REACTION_LEASE], "the lease", 1, &reaction->lease_ms);
    if (members[REACTION_WITHIN] != NULL) {
        good &= sla_read_duration(draft, members[REACTION_WITHIN], "the deadline", 1,
                                  &reaction->within_ms);
    }
    if (members[REACTION_APPROVAL] != NULL) {
        good &= sla_read_word(draft, members[REACTION_APPROVAL], "an approval", approval_names,
                              COUNT_OF(approval_names), &approval);
        reaction->approval = (enum approval)approval;
    }
    return good;
}

void sla_read_reaction(struct draft *draft, const struct draft_document *document,
                       const struct yaml_node *node, struct draft_clause *out)
{
    const struct yaml_node *members[SLA_FIELDS_MAX];

    out->reaction = ARENA_NEW(draft->arena, struct reaction, 1);
    out->broken = !sla_record_read(draft, &sla_record_reaction, node, members);
    read_head(draft, document, node, members[REACTION_ID], "the id of a reaction", out);
    out->on = members[REACTION_ON];
    out->except = members[REACTION_EXCEPT];
    out->rule = yaml_get(members[REACTION_WHEN], "rule");
    if (members[REACTION_WHEN] != NULL && members[REACTION_LEASE] != NULL) {
        out->broken |= !read_reaction_terms(draft, members, out->reaction);
    }
    if (members[REACTION_RESPOND] != NULL) {
        out->broken |= !read_respond(draft, members[REACTION_RESPOND], out->reaction);
        out->clause.value_span = yaml_span(members[REACTION_RESPOND]);
    }
}
