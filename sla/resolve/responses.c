#include "sla/resolve/responses.h"

#include "sla/read/check.h"
#include "sla/report.h"

static struct slice path_of(struct draft *draft, struct slice party, struct slice name)
{
    return arena_printf(draft->arena, "%.*s/%.*s", SLICE_ARG(party), SLICE_ARG(name));
}

void sla_check_response(struct sla_reading *reading, void *filled)
{
    struct draft_response *out = filled;

    out->node = reading->mapping;
    out->span = sla_reading_span(reading, RESPONSE_POLICY);
    out->broken = !reading->good || !sla_reading_filled(reading, RESPONSE_POLICY); /* or open */
}

void sla_index_policies(struct draft *draft)
{
    sla_names_init(&draft->policies, draft->arena, draft->document_count);
    for (size_t i = 0; i < draft->document_count; i++) {
        const struct sla_document *document = &draft->documents[i]->document;
        if (document->kind == SLA_RESPONSE_POLICY && document->name.len > 0) {
            sla_names_add(&draft->policies, path_of(draft, document->party, document->name),
                          (uint32_t)i);
        }
    }
    sla_names_sort(&draft->policies);
}

static void report_no_policy(struct draft *draft, const struct draft_document *document,
                             const struct draft_response *response)
{
    enum diag_level level = draft->options.partial ? DIAG_WARNING : DIAG_ERROR;
    struct slice party = document->document.party;
    size_t looked_at = sla_may_compare(draft, draft->policies.count) ? draft->policies.count : 0;
    struct slice *names = ARENA_NEW(draft->arena, struct slice, looked_at + 1);
    size_t count = 0;
    struct diag *diag = diag_add(draft->diags, level, SLA_CODE_NO_DOCUMENT, response->span,
                                 "ResponsePolicy `%.*s` of `%.*s` is not among the documents",
                                 SLICE_ARG(response->policy), SLICE_ARG(party));

    for (size_t i = 0; i < looked_at; i++) {
        struct slice name = draft->policies.items[i].name;
        if (slice_eq(slice_cut(&name, '/'), party)) {
            names[count++] = name;
        }
    }
    if (!sla_report_nearest(draft, diag, response->span, response->policy, names, count)) {
        diag_help(draft->diags, diag,
                  "add the file with it; a policy and what takes it are of one "
                  "party");
    }
    sla_report_partial(draft, diag);
}

/* NULL: reported, or found wrong when it was read. */
static const struct draft_document *find_policy(struct draft *draft,
                                                const struct draft_document *document,
                                                const struct draft_response *response)
{
    uint32_t at = 0;

    if (response->broken) {
        return NULL;
    }
    if (!sla_names_find(&draft->policies,
                        path_of(draft, document->document.party, response->policy), &at)) {
        report_no_policy(draft, document, response);
        return NULL;
    }
    return draft->documents[at];
}

/* The reaction keeps its place in the policy; where it acts, and who may be exempted from it, is
 * said by the response. */
static void take(struct draft *draft, const struct draft_document *document,
                 const struct draft_response *response, const struct draft_clause *from,
                 struct draft_clause *out)
{
    struct sla_clause *clause = &out->clause;

    *out = *from;
    out->on = response->on;
    out->except = response->except;
    out->rule = NULL; /* it was looked up for the policy */
    out->reaction = ARENA_NEW(draft->arena, struct reaction, 1);
    *out->reaction = *from->reaction;
    clause->document = &document->document;
    clause->node = response->node;
    clause->value_span = response->span;
    clause->ref.party = document->document.party;
    clause->ref.role = document->document.role;
    clause->ref.document = document->document.name;
    clause->ref.clause = path_of(draft, response->policy, from->clause.ref.clause);
}

/* Nobody takes one policy twice: its reactions would bear one name. */
static bool is_repeated(struct draft *draft, struct sla_names *taken,
                        const struct draft_document *document,
                        const struct draft_response *response)
{
    uint32_t first = 0;
    bool found = sla_names_find(taken, response->policy, &first);

    if (!found || &document->responses[first] == response) {
        return false;
    }
    sla_report_repeated(draft, "response", response->policy, document->responses[first].span,
                        response->span);
    return true;
}

void sla_take_responses(struct draft *draft, struct draft_document *document)
{
    size_t count = document->response_count;
    const struct draft_document **policies =
        ARENA_NEW(draft->arena, const struct draft_document *, count + 1);
    size_t total = document->clause_count;
    struct sla_names names;

    if (count == 0) {
        return;
    }
    sla_names_init(&names, draft->arena, count);
    for (size_t i = 0; i < count; i++) {
        sla_names_add(&names, document->responses[i].policy, (uint32_t)i);
    }
    sla_names_sort(&names);
    for (size_t i = 0; i < count; i++) {
        const struct draft_response *response = &document->responses[i];
        policies[i] = !is_repeated(draft, &names, document, response)
                          ? find_policy(draft, document, response)
                          : NULL;
        total += policies[i] != NULL ? policies[i]->clause_count : 0;
    }
    struct draft_clause *all = ARENA_NEW(draft->arena, struct draft_clause, total + 1);
    for (size_t i = 0; i < document->clause_count; i++) {
        all[i] = document->clauses[i];
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; policies[i] != NULL && j < policies[i]->clause_count; j++) {
            take(draft, document, &document->responses[i], &policies[i]->clauses[j],
                 &all[document->clause_count++]);
        }
    }
    document->clauses = all;
}
