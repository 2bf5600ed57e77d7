#include "sla/policy/tiers.h"
#include "sla/read/expand.h"
#include "sla/read/select.h"
#include "sla/report.h"
#include "sla/resolve/carried.h"
#include "sla/resolve/degrade.h"
#include "sla/resolve/digest.h"
#include "sla/resolve/known.h"
#include "sla/resolve/misnamed.h"
#include "sla/resolve/planned.h"
#include "sla/resolve/refine.h"
#include "sla/resolve/resembling.h"
#include "sla/resolve/responses.h"
#include "sla/resolve/same_address.h"
#include "sla/terms/domain.h"
#include "sla/terms/sets.h"
#include "sla/terms/when.h"
#include "sla/words/slip.h"

#include <stdlib.h>

/* --- documents ------------------------------------------------------------------------------- */

static int document_order(const void *left, const void *right)
{
    const struct sla_document *a = &(*(struct draft_document *const *)left)->document;
    const struct sla_document *b = &(*(struct draft_document *const *)right)->document;
    int order = (int)a->kind - (int)b->kind;

    order = order != 0 ? order : slice_cmp(a->party, b->party);
    order = order != 0 ? order : slice_cmp(a->name, b->name);
    order = order != 0 ? order : (int)((a->version > b->version) - (a->version < b->version));
    order =
        order != 0 ? order : slice_cmp(slice_from(a->source->name), slice_from(b->source->name));
    return order != 0 ? order : (a->span.byte > b->span.byte) - (a->span.byte < b->span.byte);
}

static void sort_documents(struct draft *draft)
{
    size_t count = 0;

    draft->documents = ARENA_NEW(draft->arena, struct draft_document *, draft->document_count + 1);
    for (struct draft_document *at = draft->first; at != NULL; at = at->next) {
        draft->documents[count++] = at;
    }
    qsort(draft->documents, count, sizeof(struct draft_document *), document_order);
    for (size_t i = 1; i < count; i++) {
        const struct sla_document *a = &draft->documents[i - 1]->document;
        const struct sla_document *b = &draft->documents[i]->document;
        if (b->name.len > 0 && a->kind == b->kind && slice_eq(a->party, b->party) &&
            slice_eq(a->name, b->name) && (b->kind != SLA_AGREEMENT || a->version == b->version)) {
            sla_report_repeated(draft, sla_kind_name(b->kind), b->name, a->span, b->span);
        }
    }
}

static void digest_documents(struct draft *draft)
{
    for (size_t i = 0; i < draft->document_count; i++) {
        struct sla_document *document = &draft->documents[i]->document;
        document->digest = sla_digest_document(document->root);
    }
}

static void index_uclouds(struct draft *draft)
{
    sla_names_init(&draft->uclouds, draft->arena, draft->document_count);
    for (size_t i = 0; i < draft->document_count; i++) {
        if (draft->documents[i]->document.kind == SLA_UCLOUD) {
            sla_names_add(&draft->uclouds, draft->documents[i]->document.name, (uint32_t)i);
        }
    }
    sla_names_sort(&draft->uclouds);
}

/* Their names are unique whoever owns them. */
static const struct draft_document *find_ucloud(const struct draft *draft, struct slice name)
{
    uint32_t at = 0;

    return sla_names_find(&draft->uclouds, name, &at) ? draft->documents[at] : NULL;
}

static void check_uclouds(struct draft *draft)
{
    for (size_t i = 0; i < draft->document_count; i++) {
        const struct draft_document *document = draft->documents[i];
        const struct draft_document *first = document->document.kind == SLA_UCLOUD
                                                 ? find_ucloud(draft, document->document.name)
                                                 : NULL;
        if (first != NULL && first != document &&
            !slice_eq(first->document.party, document->document.party)) {
            sla_report_repeated(draft, "UCloud", document->document.name, first->document.span,
                                document->document.span);
        }
    }
}

/* For people. */
static const struct slice *ucloud_names(struct draft *draft)
{
    if (draft->ucloud_names == NULL) {
        struct slice *names = ARENA_NEW(draft->arena, struct slice, draft->uclouds.count + 1);
        for (size_t i = 0; i < draft->uclouds.count; i++) {
            names[i] = draft->uclouds.items[i].name;
        }
        draft->ucloud_names = names;
    }
    return draft->ucloud_names;
}

static void report_without_ucloud(struct draft *draft, const struct draft_document *document)
{
    struct slice name = document->document.ucloud;

    if (draft->is_unread) {
        return; /* it may be what could not be read, and that was told */
    }
    enum diag_level level = draft->options.partial ? DIAG_WARNING : DIAG_ERROR;
    struct diag *diag = diag_add(draft->diags, level, SLA_CODE_UCLOUD, document->ucloud_span,
                                 "U-Cloud `%.*s` is not among the documents", SLICE_ARG(name));
    if (draft->options.partial) {
        diag_label(draft->diags, diag, "what its clauses are about cannot be checked");
    }
    bool is_near = sla_report_nearest(draft, diag, document->ucloud_span, name, ucloud_names(draft),
                                      draft->uclouds.count);
    if (!is_near) {
        diag_help(draft->diags, diag, "add the file with its `kind: UCloud`");
    }
    if (draft->options.partial && document->test_count > 0) {
        diag_note(draft->diags, diag, "its tests are not run");
    }
    sla_report_partial(draft, diag);
}

bool sla_is_whole_for(const struct draft *draft, const struct draft_document *document)
{
    bool has_ucloud = document->document.kind == SLA_SECURITY_SLA && !document->without_ucloud;

    return !draft->is_unread && (!draft->options.partial || has_ucloud);
}

static struct diag_span party_span(const struct draft_document *document)
{
    return yaml_span(yaml_get(yaml_get(document->document.root, "metadata"), "party"));
}

/* Of two parties whose names differ by a slip, one is meant. */
static void report_foreign_ucloud(struct draft *draft, const struct draft_document *document,
                                  const struct draft_document *ucloud)
{
    struct slice party = document->document.party;
    struct slice owner = ucloud->document.party;
    bool is_slip = sla_is_slip(party, owner);
    struct diag_span span = is_slip ? party_span(document) : document->ucloud_span;
    struct diag *diag =
        diag_add(draft->diags, DIAG_ERROR, SLA_CODE_OWNER, span, "U-Cloud `%.*s` belongs to `%.*s`",
                 SLICE_ARG(document->document.ucloud), SLICE_ARG(owner));

    if (is_slip) {
        diag_label(draft->diags, diag, "this is another party");
        diag_secondary(draft->diags, diag, party_span(ucloud), "whose it is");
        diag_help(draft->diags, diag, "did you mean `%.*s`?", SLICE_ARG(owner));
        (void)diag_fix(draft->diags, diag, false, span, owner, "replace with `%.*s`",
                       SLICE_ARG(owner));
        return;
    }
    diag_secondary(draft->diags, diag, ucloud->document.span, "declared here");
    diag_help(draft->diags, diag,
              "a tenant speaks of its own U-Clouds, and of what it owns in those of others "
              "(`owner`)");
}

/* The U-Cloud an SLA is about: there, and its own. */
static void check_subject(struct draft *draft, struct draft_document *document)
{
    const struct sla_document *sla = &document->document;
    const struct draft_document *ucloud = find_ucloud(draft, sla->ucloud);

    if (sla->ucloud.len == 0) { /* a template; or reported as missing */
        document->without_ucloud = true;
        return;
    }
    if (ucloud == NULL) {
        document->without_ucloud = true;
        report_without_ucloud(draft, document);
        return;
    }
    if (slice_eq(ucloud->document.party, sla->party) || sla->role == PARTY_OPERATOR) {
        return;
    }
    document->of_owned = sla_owns_some(draft, sla->ucloud, sla->party);
    if (!document->of_owned && sla->role == PARTY_TENANT && !document->broken && !ucloud->broken) {
        report_foreign_ucloud(draft, document, ucloud);
    }
}

static void check_subjects(struct draft *draft)
{
    for (size_t i = 0; i < draft->document_count; i++) {
        struct draft_document *document = draft->documents[i];
        sla_count_errors(draft);
        if (document->document.kind == SLA_SECURITY_SLA) {
            check_subject(draft, document);
        }
        document->without_ucloud |= document->document.kind == SLA_RESPONSE_POLICY;
    }
}

/* --- names inside one document --------------------------------------------------------------- */

struct named {
    struct slice name;
    struct diag_span span;
};

static int named_order(const void *left, const void *right)
{
    const struct named *a = left;
    const struct named *b = right;
    int order = slice_cmp(a->name, b->name);

    return order != 0 ? order : (a->span.byte > b->span.byte) - (a->span.byte < b->span.byte);
}

static void check_unique(struct draft *draft, const char *what, struct named *names, size_t count)
{
    qsort(names, count, sizeof(*names), named_order);
    for (size_t i = 1; i < count && !sla_is_full_at(draft, &names[i].span); i++) {
        if (names[i].name.len > 0 && slice_eq(names[i].name, names[i - 1].name)) {
            sla_report_repeated(draft, what, names[i].name, names[i - 1].span, names[i].span);
        }
    }
}

/* True: several may have one id. */
static bool order_clauses(struct draft *draft, struct arena *scratch,
                          struct draft_document *document)
{
    size_t count = document->clause_count;
    struct slice *ids = ARENA_NEW(scratch, struct slice, count + 1);
    bool repeated = document->assumption_count > 0;

    for (size_t i = 0; i < count; i++) {
        ids[i] = document->clauses[i].clause.ref.clause;
    }
    const uint32_t *by_id = sla_names_order(draft->arena, ids, count);
    for (size_t i = 1; i < count && !repeated; i++) {
        repeated = slice_eq(ids[by_id[i - 1]], ids[by_id[i]]);
    }
    document->clauses_by_id = by_id;
    return repeated;
}

static void check_clause_ids(struct draft *draft, const struct draft_document *document)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    size_t most = document->clause_count + document->assumption_count;
    struct named *names = ARENA_NEW(&scratch, struct named, most + 1);

    for (size_t i = 0; i < document->clause_count; i++) {
        const struct sla_clause *clause = &document->clauses[i].clause;
        names[i] = (struct named){ clause->ref.clause, clause->span };
    }
    for (size_t i = 0; i < document->assumption_count; i++) {
        const struct sla_clause *clause = &document->assumptions[i].head.clause;
        names[document->clause_count + i] = (struct named){ clause->ref.clause, clause->span };
    }
    check_unique(draft, "clause", names, most);
}

/* `scratch` serves all documents in turn: thousands may be small. */
static void check_ids(struct draft *draft, struct arena *scratch, struct draft_document *document)
{
    arena_reset(scratch);
    struct named *names =
        ARENA_NEW(scratch, struct named,
                  document->target_count + document->service_count + document->test_count + 1);

    for (size_t i = 0; i < document->target_count; i++) {
        names[i] = (struct named){ document->targets[i].id, document->targets[i].span };
    }
    check_unique(draft, "target", names, document->target_count);
    if (order_clauses(draft, scratch, document)) {
        check_clause_ids(draft, document);
    }
    for (size_t i = 0; i < document->service_count; i++) {
        const struct sla_service *service = &document->services[i].service;
        names[i] = (struct named){ service->id, service->span };
    }
    check_unique(draft, "service", names, document->service_count);
    for (size_t i = 0; i < document->test_count; i++) {
        const struct sla_test *test = &document->tests[i].test;
        names[i] = (struct named){ test->name, test->span };
    }
    check_unique(draft, "test", names, document->test_count);
}

/* --- resources and parties ------------------------------------------------------------------- */

static int resource_order(const void *left, const void *right)
{
    const struct draft_resource *a = *(struct draft_resource *const *)left;
    const struct draft_resource *b = *(struct draft_resource *const *)right;
    int order = slice_cmp(a->resource.ucloud, b->resource.ucloud);

    order = order != 0 ? order : slice_cmp(a->resource.name, b->resource.name);
    return order != 0 ? order : (a->span.byte > b->span.byte) - (a->span.byte < b->span.byte);
}

static void gather_resources(struct draft *draft)
{
    size_t count = 0;

    for (size_t i = 0; i < draft->document_count; i++) {
        count += draft->documents[i]->resource_count;
    }
    draft->resources = ARENA_NEW(draft->arena, struct draft_resource *, count + 1);
    for (size_t i = 0; i < draft->document_count; i++) {
        struct draft_document *document = draft->documents[i];
        for (size_t j = 0; j < document->resource_count; j++) {
            draft->resources[draft->resource_count++] = &document->resources[j];
        }
    }
    qsort(draft->resources, count, sizeof(struct draft_resource *), resource_order);
    sla_count_errors(draft);
    for (size_t i = 1; i < count && !sla_is_full_at(draft, &draft->resources[i]->span); i++) {
        const struct draft_resource *a = draft->resources[i - 1];
        const struct draft_resource *b = draft->resources[i];
        if (b->resource.name.len > 0 && slice_eq(a->resource.ucloud, b->resource.ucloud) &&
            slice_eq(a->resource.name, b->resource.name)) {
            sla_report_repeated(draft, "resource", b->resource.name, a->span, b->span);
        }
    }
}

static int party_order(const void *left, const void *right)
{
    const struct sla_party *a = left;
    const struct sla_party *b = right;
    int order = slice_cmp(a->name, b->name);

    return order != 0 ? order : (int)a->role - (int)b->role;
}

/* Subjects that a rule names, and that may be people or groups. */
static const struct sla_parties *subjects_of(const struct draft_clause *clause)
{
    static const struct sla_parties none = { 0 };
    const struct sla_term *term = clause->clause.term;
    bool named = !clause->broken && term != NULL && term->domain == &sla_domain_parties;

    return named && term->of != NULL ? &clause->clause.value.parties : &none;
}

static size_t count_members(const struct draft *draft)
{
    size_t count = 0;

    for (size_t i = 0; i < draft->document_count; i++) {
        for (size_t j = 0; j < draft->documents[i]->clause_count; j++) {
            count += subjects_of(&draft->documents[i]->clauses[j])->count;
        }
    }
    return count;
}

static void add_members_of(struct draft *draft, const struct sla_parties *subjects,
                           struct sla_party *parties, size_t *count)
{
    for (size_t i = 0; i < subjects->count; i++) {
        struct slice name = subjects->items[i].name;
        if (slice_find(name, '/') < name.len) {
            parties[(*count)++] = (struct sla_party){ name, PARTY_USER };
            draft->has_members = true;
        }
    }
}

static void add_members(struct draft *draft, struct sla_party *parties, size_t *count)
{
    for (size_t i = 0; i < draft->document_count; i++) {
        for (size_t j = 0; j < draft->documents[i]->clause_count; j++) {
            add_members_of(draft, subjects_of(&draft->documents[i]->clauses[j]), parties, count);
        }
    }
}

/* Whoever wrote a document, and everybody who holds or owns a resource. */
static void gather_parties(struct draft *draft)
{
    size_t room = draft->document_count + 2 * draft->resource_count + count_members(draft);
    struct sla_party *parties = ARENA_NEW(draft->arena, struct sla_party, room + 1);
    size_t count = 0;
    size_t kept = 0;

    for (size_t i = 0; i < draft->document_count; i++) {
        const struct sla_document *document = &draft->documents[i]->document;
        parties[count++] = (struct sla_party){ document->party, document->role };
    }
    for (size_t i = 0; i < draft->resource_count; i++) {
        parties[count++] =
            (struct sla_party){ draft->resources[i]->resource.provider, PARTY_PROVIDER };
        if (!slice_eq(draft->resources[i]->resource.owner,
                      draft->resources[i]->document->document.party)) {
            parties[count++] =
                (struct sla_party){ draft->resources[i]->resource.owner, PARTY_USER };
        }
    }
    add_members(draft, parties, &count);
    qsort(parties, count, sizeof(*parties), party_order);
    for (size_t i = 0; i < count; i++) {
        if (parties[i].name.len > 0 &&
            (kept == 0 || party_order(&parties[kept - 1], &parties[i]) != 0)) {
            parties[kept++] = parties[i];
        }
    }
    draft->parties = parties;
    draft->party_count = kept;
}

static void bind_document(struct draft *draft, struct draft_document *document)
{
    sla_select_targets(draft, document);
    for (size_t i = 0;
         i < document->clause_count && !sla_is_full(draft, document->clauses[i].clause.node); i++) {
        sla_bind_clause(draft, document, &document->clauses[i]);
    }
}

/* What templates alone would be here, and whether the document asks for no less. */
static void bind_refined(struct draft *draft, const struct draft_document *document)
{
    if (document->expansion == NULL || document->expansion->is_lost) {
        return;
    }
    for (struct draft_document *below = document->expansion->refined; below != NULL;
         below = below->expansion->refined) {
        below->without_ucloud = document->without_ucloud;
        bind_document(draft, below);
    }
    sla_refine(draft, document);
}

/* All names of all documents, before anything is looked up by one: what asks for one of two that
 * have one name is not mended. */
static void check_all_ids(struct draft *draft)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };

    for (size_t i = 0; i < draft->document_count; i++) {
        struct draft_document *document = draft->documents[i];
        struct diag **from = sla_told_from(draft);
        sla_count_errors(draft);
        sla_take_responses(draft, document);
        check_ids(draft, &scratch, document);
        sla_told(draft, document, from);
    }
}

bool sla_resolve(struct draft *draft)
{
    sort_documents(draft);
    digest_documents(draft);
    index_uclouds(draft);
    sla_index_policies(draft);
    check_uclouds(draft);
    gather_resources(draft);
    if (draft->resource_count > SLA_RESOURCES_MAX) {
        struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_LIMIT,
                                     draft->resources[SLA_RESOURCES_MAX]->span,
                                     "more than %d resources", SLA_RESOURCES_MAX);
        diag_help(draft->diags, diag, "compile fewer U-Clouds at a time");
        return false;
    }
    gather_parties(draft);
    sla_know(draft);
    check_subjects(draft);
    sla_bind_guards(draft);
    sla_check_resembling(draft);
    sla_check_carried(draft);
    sla_check_misnamed(draft);
    sla_check_same_address(draft);
    sla_bind_tiers(draft);
    draft->marks = ARENA_NEW(draft->arena, uint32_t, draft->resource_count + 1);
    draft->gathered = ARENA_NEW(draft->arena, size_t, draft->resource_count + 1);
    check_all_ids(draft);
    sla_bind_services(draft);
    sla_bind_segments(draft);
    for (size_t i = 0; i < draft->document_count; i++) {
        struct draft_document *document = draft->documents[i];
        struct diag **from = sla_told_from(draft);
        sla_count_errors(draft);
        bind_document(draft, document);
        for (size_t j = 0; j < document->assumption_count; j++) {
            sla_bind_assumption(draft, document, &document->assumptions[j]);
        }
        bind_refined(draft, document);
        sla_check_degrade(draft, document);
        sla_check_known(draft, document);
        sla_check_planned(draft, document);
        sla_sets_check(draft, document);
        sla_bind_tests(draft, document);
        sla_told(draft, document, from);
    }
    sla_check_assumptions(draft);
    sla_check_agreements(draft);
    return draft->diags->errors == 0;
}
