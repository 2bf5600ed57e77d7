#include "sla/check.h"
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

static void check_role(struct sla_reading *reading, const struct sla_document *document)
{
    struct diag_list *diags = reading->draft->diags;

    if ((kind_roles[document->kind] & SLA_BIT(document->role)) != 0) {
        return;
    }
    struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_ROLE,
                                 sla_reading_span(reading, META_ROLE), "a %s cannot write a %s",
                                 party_role_name(document->role), kind_names[document->kind]);
    diag_help(diags, diag, "%s",
              document->kind == SLA_PROVIDER_OFFER
                  ? "an offer is a provider's: write `role: provider`"
                  : "a provider speaks in a ProviderOffer");
    reading->good = false;
}

void sla_check_metadata(struct sla_reading *reading, void *filled)
{
    struct draft_document *document = filled;
    struct sla_document *out = &document->document;

    out->span = sla_reading_span(reading, META_NAME);
    if (sla_reading_filled(reading, META_ROLE)) {
        check_role(reading, out);
    }
    if (out->kind == SLA_SECURITY_SLA && reading->nodes[META_UCLOUD] != NULL) {
        document->ucloud_span = sla_reading_span(reading, META_UCLOUD);
    }
    if (out->kind == SLA_UCLOUD) {
        out->ucloud = out->name;
    }
    document->broken |= !reading->good;
}

/* Groups before the clauses that name them. */
static void read_items(struct draft *draft, struct draft_document *document, size_t field,
                       const struct yaml_node *list)
{
    struct sla_reading reading = { .draft = draft, .document = document };

    if (list != NULL) {
        (void)sla_field_read(&reading, &sla_record_spec[document->document.kind].fields[field],
                             list, document);
    }
}

static void index_groups(struct draft *draft, struct draft_document *document)
{
    sla_names_init(&document->group_names, draft->arena, document->group_count);
    for (size_t i = 0; i < document->group_count; i++) {
        sla_names_add(&document->group_names, document->groups[i].id, (uint32_t)i);
    }
    sla_names_sort(&document->group_names);
}

/* Behind the clauses: from here on they are treated alike. */
static void join_reactions(struct draft *draft, struct draft_document *document)
{
    size_t count = document->clause_count;

    if (document->reaction_count == 0) {
        return;
    }
    struct draft_clause *all =
        ARENA_NEW(draft->arena, struct draft_clause, count + document->reaction_count);
    for (size_t i = 0; i < count; i++) {
        all[i] = document->clauses[i];
    }
    for (size_t i = 0; i < document->reaction_count; i++) {
        all[count] = document->reactions[i].head;
        all[count++].reaction = &document->reactions[i].reaction;
    }
    document->clauses = all;
    document->clause_count = count;
}

static void read_spec(struct draft *draft, const struct yaml_node *node,
                      struct draft_document *document)
{
    const struct yaml_node *members[SLA_FIELDS_MAX];

    if (!sla_record_read(draft, &sla_record_spec[document->document.kind], node, members)) {
        document->broken = true;
    }
    read_items(draft, document, SPEC_TARGETS, members[SPEC_TARGETS]);
    read_items(draft, document, SPEC_GROUPS, members[SPEC_GROUPS]);
    index_groups(draft, document);
    read_items(draft, document, SPEC_CLAUSES, members[SPEC_CLAUSES]);
    read_items(draft, document, SPEC_REACTIONS, members[SPEC_REACTIONS]);
    join_reactions(draft, document);
    read_items(draft, document, SPEC_PROTECTED, members[SPEC_PROTECTED]);
    read_items(draft, document, SPEC_RESOURCES, members[SPEC_RESOURCES]);
}

/* The kind decides which errors are worth showing: without it nothing below is read. */
static bool read_kind(struct draft *draft, const struct yaml_node *root,
                      const struct yaml_node *members[SLA_FIELDS_MAX], enum sla_kind *out)
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
    const struct yaml_node *members[SLA_FIELDS_MAX];
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
        (void)sla_record_fill(draft, document, &sla_record_metadata[kind], members[DOC_METADATA],
                              document);
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
