#include "sla/draft.h"
#include "sla/read.h"
#include "sla/record.h"
#include "sla/report.h"

static const char *const kind_names[SLA_KINDS] = {
    [SLA_SECURITY_SLA] = "SecuritySLA",
    [SLA_PROVIDER_OFFER] = "ProviderOffer",
    [SLA_UCLOUD] = "UCloud",
};

const char *sla_kind_name(enum sla_kind kind)
{
    return kind_names[kind];
}

/* Who may speak in a document of each kind. */
static const unsigned kind_roles[SLA_KINDS] = {
    [SLA_SECURITY_SLA] = SLA_BIT(PARTY_TENANT) | SLA_BIT(PARTY_USER) | SLA_BIT(PARTY_OPERATOR),
    [SLA_PROVIDER_OFFER] = SLA_BIT(PARTY_PROVIDER),
    [SLA_UCLOUD] = SLA_BIT(PARTY_TENANT) | SLA_BIT(PARTY_USER),
};
static const char *const role_names[] = { "tenant", "user", "provider", "operator" };

static void read_role(struct draft *draft, const struct yaml_node *node,
                      struct draft_document *document)
{
    size_t role = 0;

    if (!sla_read_word(draft, node, "a role", role_names, COUNT_OF(role_names), &role)) {
        document->broken = true;
        return;
    }
    document->document.role = (enum party_role)role;
    if ((kind_roles[document->document.kind] & SLA_BIT(role)) == 0) {
        struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_ROLE, yaml_span(node),
                                     "a %s cannot write a %s", role_names[role],
                                     kind_names[document->document.kind]);
        diag_help(draft->diags, diag, "%s",
                  document->document.kind == SLA_PROVIDER_OFFER
                      ? "an offer is a provider's: write `role: provider`"
                      : "a provider speaks in a ProviderOffer");
        document->broken = true;
    }
}

static void read_metadata(struct draft *draft, const struct yaml_node *node,
                          struct draft_document *document)
{
    const struct yaml_node *members[SLA_MEMBERS_MAX];
    struct sla_document *out = &document->document;

    if (!sla_record_read(draft, &sla_record_metadata[out->kind], node, members)) {
        document->broken = true;
    }
    bool named = members[META_NAME] == NULL ||
                 sla_read_name(draft, members[META_NAME], "the name of a document", &out->name);
    bool party = members[META_PARTY] == NULL ||
                 sla_read_name(draft, members[META_PARTY], "the name of a party", &out->party);
    document->broken = document->broken || !named || !party;
    out->span = members[META_NAME] != NULL ? yaml_span(members[META_NAME]) : yaml_span(node);
    if (members[META_ROLE] != NULL) {
        read_role(draft, members[META_ROLE], document);
    }
    if (members[META_UCLOUD] != NULL) {
        document->ucloud_span = yaml_span(members[META_UCLOUD]);
        document->broken |=
            !sla_read_name(draft, members[META_UCLOUD], "the name of a U-Cloud", &out->ucloud);
    }
    if (members[META_ASSERTED_BY] != NULL) {
        document->broken |= !sla_read_name(draft, members[META_ASSERTED_BY], "the name of a party",
                                           &out->asserted_by);
    }
    if (out->kind == SLA_UCLOUD) {
        out->ucloud = out->name;
    }
}

/* False (and reported) when a list is longer than any we handle. */
static bool count_is_good(struct draft *draft, const struct yaml_node *list)
{
    if (list->count <= SLA_ITEMS_MAX) {
        return true;
    }
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_LIMIT, yaml_key_span(list),
                                 "`%.*s` has %u items", SLICE_ARG(list->key), list->count);
    diag_help(draft->diags, diag, "a document has at most %d", SLA_ITEMS_MAX);
    return false;
}

static size_t items_of(struct draft *draft, const struct yaml_node *list)
{
    return list != NULL && count_is_good(draft, list) ? list->count : 0;
}

static void read_targets(struct draft *draft, struct draft_document *document,
                         const struct yaml_node *list)
{
    size_t count = items_of(draft, list);

    document->targets = ARENA_NEW(draft->arena, struct draft_target, count + 1);
    if (count == 0) {
        return;
    }
    for (const struct yaml_node *at = list->first; at != NULL && !sla_is_full(draft, at);
         at = at->next) {
        sla_read_target(draft, at, &document->targets[document->target_count++]);
    }
}

static void read_groups(struct draft *draft, struct draft_document *document,
                        const struct yaml_node *list)
{
    size_t count = items_of(draft, list);

    document->groups = ARENA_NEW(draft->arena, struct draft_group, count + 1);
    if (count == 0) {
        return;
    }
    for (const struct yaml_node *at = list->first; at != NULL && !sla_is_full(draft, at);
         at = at->next) {
        sla_read_group(draft, at, &document->groups[document->group_count++]);
    }
    sla_names_init(&document->group_names, draft->arena, count);
    for (size_t i = 0; i < document->group_count; i++) {
        sla_names_add(&document->group_names, document->groups[i].id, (uint32_t)i);
    }
    sla_names_sort(&document->group_names);
}

static void read_clauses(struct draft *draft, struct draft_document *document,
                         const struct yaml_node *clauses, const struct yaml_node *reactions)
{
    size_t clause_count = items_of(draft, clauses);
    size_t reaction_count = items_of(draft, reactions);

    document->clauses =
        ARENA_NEW(draft->arena, struct draft_clause, clause_count + reaction_count + 1);
    if (clause_count > 0) {
        for (const struct yaml_node *at = clauses->first; at != NULL && !sla_is_full(draft, at);
             at = at->next) {
            sla_read_clause(draft, document, at, &document->clauses[document->clause_count++]);
        }
    }
    if (reaction_count > 0) {
        for (const struct yaml_node *at = reactions->first; at != NULL && !sla_is_full(draft, at);
             at = at->next) {
            sla_read_reaction(draft, document, at, &document->clauses[document->clause_count++]);
        }
    }
}

static void read_protected(struct draft *draft, struct draft_document *document,
                           const struct yaml_node *list)
{
    size_t count = items_of(draft, list);

    document->protected = ARENA_NEW(draft->arena, struct draft_protected, count + 1);
    if (count == 0) {
        return;
    }
    for (const struct yaml_node *at = list->first; at != NULL && !sla_is_full(draft, at);
         at = at->next) {
        sla_read_protected(draft, document, at, &document->protected[document->protected_count++]);
    }
}

static void read_resources(struct draft *draft, struct draft_document *document,
                           const struct yaml_node *list)
{
    size_t count = items_of(draft, list);

    document->resources = ARENA_NEW(draft->arena, struct draft_resource, count + 1);
    if (count == 0) {
        return;
    }
    for (const struct yaml_node *at = list->first; at != NULL && !sla_is_full(draft, at);
         at = at->next) {
        sla_read_resource(draft, document, at, &document->resources[document->resource_count++]);
    }
}

static void read_spec(struct draft *draft, const struct yaml_node *node,
                      struct draft_document *document)
{
    const struct yaml_node *members[SLA_MEMBERS_MAX];

    if (!sla_record_read(draft, &sla_record_spec[document->document.kind], node, members)) {
        document->broken = true;
    }
    read_targets(draft, document, members[SPEC_TARGETS]);
    read_groups(draft, document, members[SPEC_GROUPS]);
    read_clauses(draft, document, members[SPEC_CLAUSES], members[SPEC_REACTIONS]);
    read_protected(draft, document, members[SPEC_PROTECTED]);
    read_resources(draft, document, members[SPEC_RESOURCES]);
}

/* The kind decides which errors are worth showing: without it nothing below is read. */
static bool read_kind(struct draft *draft, const struct yaml_node *root,
                      const struct yaml_node *members[SLA_MEMBERS_MAX], enum sla_kind *out)
{
    const struct yaml_node *version = members[DOC_API_VERSION];
    size_t kind = 0;

    if (version != NULL && !slice_is(version->text, "redan/v1")) {
        struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_VERSION, yaml_span(version),
                                     "version `%.*s` is not known here", SLICE_ARG(version->text));
        diag_help(draft->diags, diag, "write `redan/v1`");
        return false;
    }
    if (members[DOC_KIND] == NULL) {
        (void)root; /* reported as missing */
        return false;
    }
    for (; kind < SLA_KINDS; kind++) {
        if (slice_is(members[DOC_KIND]->text, kind_names[kind])) {
            *out = (enum sla_kind)kind;
            return version != NULL;
        }
    }
    (void)sla_report_word(draft, SLA_CODE_KIND, yaml_span(members[DOC_KIND]),
                          members[DOC_KIND]->text, "a kind of document", kind_names, SLA_KINDS);
    return false;
}

static void read_document(struct draft *draft, const struct diag_source *source,
                          const struct yaml_node *root)
{
    const struct yaml_node *members[SLA_MEMBERS_MAX];
    enum sla_kind kind = SLA_SECURITY_SLA;
    bool whole = sla_record_read(draft, &sla_record_document, root, members);

    if (root->kind != YAML_MAPPING || !read_kind(draft, root, members, &kind)) {
        return;
    }
    if (draft->document_count >= SLA_DOCUMENTS_MAX) {
        struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_LIMIT, yaml_span(root),
                                     "more than %d documents", SLA_DOCUMENTS_MAX);
        diag_help(draft->diags, diag, "compile fewer at a time");
        return;
    }
    struct draft_document *document = ARENA_NEW(draft->arena, struct draft_document, 1);
    document->document.kind = kind;
    document->document.source = source;
    document->document.span = yaml_span(root);
    document->broken = !whole;
    *draft->tail = document;
    draft->tail = &document->next;
    draft->document_count++;
    if (members[DOC_METADATA] != NULL) {
        read_metadata(draft, members[DOC_METADATA], document);
    }
    if (members[DOC_SPEC] != NULL) {
        read_spec(draft, members[DOC_SPEC], document);
    }
}

static bool is_blank(const struct yaml_node *root)
{
    return root == NULL || (root->kind == YAML_SCALAR && root->text.len == 0);
}

void sla_read_source(struct draft *draft, const struct diag_source *source)
{
    sla_count_errors(draft);
    const struct yaml_document *document = yaml_read(draft->arena, source, draft->diags);
    size_t read = 0;

    for (; document != NULL; document = document->next) {
        if (!is_blank(document->root) && !sla_is_full(draft, document->root)) {
            read_document(draft, source, document->root);
            read++;
        }
    }
    draft->is_incomplete |= draft->is_full;
    if (read == 0 && draft->diags->errors == draft->errors_before) {
        struct diag_span span = { source, 1, 0, 0 };
        struct diag *diag =
            diag_add(draft->diags, DIAG_ERROR, SLA_CODE_EMPTY, span, "the file holds no document");
        diag_help(draft->diags, diag, "a document starts with `apiVersion: redan/v1`");
    }
}
