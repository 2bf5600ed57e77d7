#include "sla/read/check.h"
#include "sla/read/expand.h"
#include "sla/read/foreign.h"
#include "sla/read/misplaced.h"
#include "sla/report.h"
#include "sla/words/everyday.h"

static const char *const kind_names[SLA_KINDS] = {
    [SLA_SECURITY_SLA] = "SecuritySLA",
    [SLA_PROVIDER_OFFER] = "ProviderOffer",
    [SLA_UCLOUD] = "UCloud",
    [SLA_RESPONSE_POLICY] = "ResponsePolicy",
    [SLA_AGREEMENT] = "Agreement",
};
/* What an agreement can pin. */
const struct sla_words sla_pinned_kind_words = { kind_names, SLA_AGREEMENT };

const char *sla_kind_name(enum sla_kind kind)
{
    return kind_names[kind];
}

/* Who may speak in a document of each kind. */
static const unsigned kind_roles[SLA_KINDS] = {
    [SLA_SECURITY_SLA] = SLA_BIT(PARTY_TENANT) | SLA_BIT(PARTY_USER) | SLA_BIT(PARTY_OPERATOR),
    [SLA_PROVIDER_OFFER] = SLA_BIT(PARTY_PROVIDER) | SLA_BIT(PARTY_OPERATOR),
    [SLA_UCLOUD] = SLA_BIT(PARTY_TENANT) | SLA_BIT(PARTY_USER),
    [SLA_RESPONSE_POLICY] = SLA_BIT(PARTY_TENANT) | SLA_BIT(PARTY_USER) | SLA_BIT(PARTY_OPERATOR),
    [SLA_AGREEMENT] = SLA_BIT(PARTY_TENANT) | SLA_BIT(PARTY_USER) | SLA_BIT(PARTY_OPERATOR) |
                      SLA_BIT(PARTY_PROVIDER),
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
              document->kind == SLA_PROVIDER_OFFER ? "an offer is a provider's or an operator's"
                                                   : "a provider speaks in a ProviderOffer");
    reading->good = false;
}

void sla_check_extends(struct sla_reading *reading, void *filled)
{
    struct draft_extends *out = filled;

    out->span = sla_reading_span(reading, EXTENDS_DOCUMENT);
    out->version_span = sla_reading_span(reading, EXTENDS_VERSION);
    if (!sla_reading_filled(reading, EXTENDS_DOCUMENT)) {
        out->document = (struct slice){ 0 };
    }
}

/* {party: NAME, how: transcribed}, at the place of NAME. */
const struct yaml_node *sla_older_assertion(struct sla_reading *reading,
                                            const struct yaml_node *member)
{
    struct draft *draft = reading->draft;

    if (member->kind != YAML_SCALAR || member->text.len == 0) {
        return member;
    }
    struct yaml_node *parts = ARENA_NEW(draft->arena, struct yaml_node, 3);
    for (size_t i = 0; i < 3; i++) {
        parts[i] = *member;
    }
    parts[0].key = SLICE("party");
    parts[0].next = &parts[1];
    parts[1].key = SLICE("how");
    parts[1].text = SLICE("transcribed");
    parts[1].next = NULL;
    parts[2].kind = YAML_MAPPING;
    parts[2].first = &parts[0];
    parts[2].count = 2;
    sla_report_older(
        draft, yaml_span(member), "who asserts an offer",
        arena_printf(draft->arena, "{party: %.*s, how: transcribed}", SLICE_ARG(member->text)));
    return &parts[2];
}

/* An SLA is about one U-Cloud, a template about none. */
static void check_about(struct sla_reading *reading, const struct sla_document *document)
{
    struct diag_list *diags = reading->draft->diags;
    bool unsure = sla_reading_has(reading, META_TEMPLATE) &&
                  !sla_reading_filled(reading, META_TEMPLATE); /* reported */
    struct diag *diag = NULL;

    if (document->is_template && sla_reading_has(reading, META_UCLOUD)) {
        diag = diag_add(diags, DIAG_ERROR, SLA_CODE_MEMBER_OF_TERM,
                        sla_reading_span(reading, META_UCLOUD), "a template has no `ucloud`");
        diag_help(diags, diag, "what extends it says which; or leave `template` out");
        reading->good = false;
    } else if (!sla_reading_has(reading, META_UCLOUD) && !document->is_template && !unsure) {
        diag = diag_add(diags, DIAG_ERROR, SLA_CODE_MISSING_KEY, yaml_span(reading->mapping),
                        "%s needs `ucloud`", reading->record->name);
        diag_help(diags, diag, "ucloud: the U-Cloud it is about; a template has `template: yes`");
        reading->good = false;
    }
}

/* Nobody signs an offer but who makes it. An earlier release took others. */
static void check_signed(struct sla_reading *reading, const struct sla_document *out)
{
    const struct yaml_node *asserted = reading->nodes[META_ASSERTED_BY];
    const struct yaml_node *how =
        yaml_get(asserted, sla_record_assertion.fields[ASSERTION_HOW].key);
    const struct yaml_node *party =
        yaml_get(asserted, sla_record_assertion.fields[ASSERTION_PARTY].key);
    struct diag_list *diags = reading->draft->diags;
    bool stored = reading->draft->options.stored;

    if (!sla_reading_filled(reading, META_ASSERTED_BY) || how == NULL || party == NULL ||
        out->asserted_by.how != SLA_ASSERTED_SIGNED || !sla_reading_filled(reading, META_PARTY) ||
        slice_eq(out->asserted_by.party, out->party)) {
        return;
    }
    struct diag *diag = diag_add(diags, stored ? DIAG_WARNING : DIAG_ERROR, SLA_CODE_MEMBERS,
                                 yaml_span(party), "`%.*s` cannot sign an offer of `%.*s`",
                                 SLICE_ARG(out->asserted_by.party), SLICE_ARG(out->party));
    diag_secondary(diags, diag, yaml_span(how), "by the provider itself");
    diag_help(diags, diag,
              "write `party: %.*s`, or `how: transcribed` when somebody else wrote it down",
              SLICE_ARG(out->party));
    (void)diag_fix(diags, diag, false, yaml_span(how), SLICE("transcribed"),
                   "replace with `transcribed`");
    reading->good &= stored;
}

void sla_check_metadata(struct sla_reading *reading, void *filled)
{
    struct draft_document *document = filled;
    struct sla_document *out = &document->document;

    out->span = sla_reading_span(reading, META_NAME);
    if (sla_reading_filled(reading, META_ROLE)) {
        check_role(reading, out);
    }
    if (reading->nodes[META_VERSION] == NULL) {
        out->version = 1;
    }
    if (out->kind == SLA_SECURITY_SLA) {
        check_about(reading, out);
        document->ucloud_span = sla_reading_span(reading, META_UCLOUD);
        if (sla_reading_has(reading, META_EXTENDS) && document->extends.span.source == NULL) {
            document->extends.span = sla_reading_span(reading, META_EXTENDS); /* reported */
        }
    }
    if (out->kind == SLA_UCLOUD) {
        out->ucloud = out->name;
    }
    if (out->kind == SLA_PROVIDER_OFFER) {
        check_signed(reading, out);
    }
    document->broken |= !reading->good;
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

static void report_parameters(struct sla_reading *reading)
{
    const struct yaml_node *parameters = reading->nodes[SPEC_PARAMETERS];
    struct diag_list *diags = reading->draft->diags;

    if (parameters == NULL) {
        return; /* a misspelt key or a wrong value: told */
    }
    struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_PARAMETER, yaml_key_span(parameters),
                                 "only a template has parameters");

    diag_help(diags, diag, "write `template: yes` in `metadata`, or the values themselves");
    reading->good = false;
}

/* `groups` by its name of today: a fix when there is no such member yet, to which they would have
 * to be moved. */
static void note_groups(struct sla_reading *reading)
{
    const struct yaml_node *groups = reading->nodes[SPEC_GROUPS];
    struct diag_list *diags = reading->draft->diags;

    if (groups == NULL) {
        return;
    }
    if (!sla_reading_has(reading, SPEC_SETS)) {
        sla_report_older(reading->draft, yaml_key_span(groups), "`groups`", SLICE("sets"));
        return;
    }
    struct diag *diag = diag_add(diags, DIAG_WARNING, SLA_CODE_OLDER, yaml_key_span(groups),
                                 "`groups` is written in an older way");
    diag_help(diags, diag, "move its members to `sets`");
}

void sla_check_spec(struct sla_reading *reading, void *filled)
{
    struct draft_document *document = filled;

    note_groups(reading);
    join_reactions(reading->draft, document);
    if (!document->document.is_template) {
        report_parameters(reading);
    }
    document->broken |= !reading->good;
}

/* `Redan/v1`, `redan/1`, `redanv1`: the version of today in other letters. */
static bool is_same_version(struct slice version)
{
    static const char *const spoken[] = { "redan/v1", "redan/1", "redanv1", "redan1" };
    size_t at = 0;

    while (at < COUNT_OF(spoken) && !sla_is_spoken(version, slice_from(spoken[at]))) {
        at++;
    }
    return at < COUNT_OF(spoken);
}

static bool check_version(const struct sla_reading *reading, struct slice version)
{
    struct diag_list *diags = reading->draft->diags;
    struct slice today = SLICE("redan/v1");

    if (!sla_reading_filled(reading, DOC_API_VERSION)) {
        return true; /* reported */
    }
    if (slice_eq(version, today)) {
        return true;
    }
    struct diag_span span = sla_reading_span(reading, DOC_API_VERSION);
    struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_VERSION, span,
                                 "version `%.*s` is not known here", SLICE_ARG(version));
    diag_help(diags, diag, "write `%.*s`, which is the only one there is", SLICE_ARG(today));
    (void)diag_fix(diags, diag, is_same_version(version), span, today, "replace with `%.*s`",
                   SLICE_ARG(today));
    return false;
}

bool sla_kind_parse(struct slice text, enum sla_kind *out)
{
    for (unsigned kind = 0; kind < SLA_KINDS; kind++) {
        if (slice_is(text, kind_names[kind])) {
            *out = (enum sla_kind)kind;
            return true;
        }
    }
    return false;
}

static bool read_kind(const struct sla_reading *reading, enum sla_kind *out)
{
    const struct yaml_node *node = reading->nodes[DOC_KIND];

    if (node == NULL) {
        return false; /* reported */
    }
    if (sla_kind_parse(node->text, out)) {
        return true;
    }
    (void)sla_report_word(reading->draft, SLA_CODE_KIND, yaml_span(node), node->text,
                          "a kind of document", kind_names, SLA_KINDS);
    return false;
}

/* Version and kind decide which errors are worth showing: without them nothing below is read. */
void sla_check_document(struct sla_reading *reading, void *filled)
{
    struct draft_envelope *envelope = filled;

    if (check_version(reading, envelope->version) && read_kind(reading, &envelope->kind)) {
        envelope->is_known = sla_reading_filled(reading, DOC_API_VERSION);
    }
}

/* What extends or is extended is put together first (sla/read/expand.h). */
static bool is_expanded(const struct draft_document *document)
{
    return document->document.is_template || document->extends.span.source != NULL;
}

static void read_parts(struct draft *draft, struct draft_document *document,
                       const struct draft_envelope *envelope)
{
    if (envelope->metadata != NULL) {
        (void)sla_record_fill(draft, document, &sla_record_metadata[envelope->kind],
                              envelope->metadata, document);
    }
    if (envelope->kind == SLA_AGREEMENT) {
        document->agreement = ARENA_NEW(draft->arena, struct sla_agreement, 1);
        document->agreement->document = &document->document;
    }
    if (is_expanded(document)) {
        document->expansion = ARENA_NEW(draft->arena, struct sla_expansion, 1);
        document->expansion->spec = envelope->spec;
    } else if (envelope->spec != NULL) {
        void *filled = envelope->kind == SLA_AGREEMENT ? (void *)document->agreement : document;
        (void)sla_record_fill(draft, document, &sla_record_spec[envelope->kind], envelope->spec,
                              filled);
    }
}

/* Whether the keys of `metadata` and `spec` are those of this kind, with all that it needs, and
 * whoever writes it may. */
static bool is_of_kind(const struct draft_envelope *envelope, unsigned kind)
{
    const struct yaml_node *metadata = envelope->metadata;
    const struct yaml_node *written = yaml_get(metadata, "role");
    bool says_about =
        yaml_get(metadata, "ucloud") != NULL || yaml_get(metadata, "template") != NULL;
    enum party_role role = PARTY_TENANT;

    if (written != NULL && party_role_parse(written->text, &role) &&
        (kind_roles[kind] & SLA_BIT(role)) == 0) {
        return false;
    }
    return (kind != SLA_SECURITY_SLA || says_about) &&
           sla_unknown_member(&sla_record_metadata[kind], metadata) == NULL &&
           sla_unknown_member(&sla_record_spec[kind], envelope->spec) == NULL &&
           sla_has_required(&sla_record_metadata[kind], metadata) &&
           sla_has_required(&sla_record_spec[kind], envelope->spec);
}

/* A whole document under the name of another kind: told once, not key by key. False: it has none
 * but keys of its own kind, or they are those of no other, or of several. */
static bool report_other_kind(struct draft *draft, const struct yaml_node *root,
                              const struct draft_envelope *envelope)
{
    const struct yaml_node *odd =
        sla_unknown_member(&sla_record_metadata[envelope->kind], envelope->metadata);
    unsigned meant = SLA_KINDS;

    odd = odd != NULL ? odd : sla_unknown_member(&sla_record_spec[envelope->kind], envelope->spec);
    if (odd == NULL || envelope->metadata == NULL || envelope->spec == NULL) {
        return false;
    }
    for (unsigned kind = 0; kind < SLA_KINDS; kind++) {
        if (is_of_kind(envelope, kind)) {
            if (meant != SLA_KINDS) {
                return false;
            }
            meant = kind;
        }
    }
    if (meant == SLA_KINDS) {
        return false;
    }
    struct diag_span span = yaml_span(yaml_get(root, "kind"));
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_KIND, span,
                                 "this looks like `kind: %s`", kind_names[meant]);
    diag_secondary(draft->diags, diag, yaml_key_span(odd), "no key of `kind: %s`",
                   kind_names[envelope->kind]);
    diag_help(draft->diags, diag, "write `%s`: the keys of `metadata` and `spec` are those of it",
              kind_names[meant]);
    (void)diag_fix(draft->diags, diag, false, span, slice_from(kind_names[meant]),
                   "replace with `%s`", kind_names[meant]);
    return true;
}

static void read_document(struct draft *draft, const struct diag_source *source,
                          const struct yaml_node *root)
{
    struct draft_envelope envelope = { 0 };
    bool whole = sla_record_fill(draft, NULL, &sla_record_document, root, &envelope);

    if (!envelope.is_known) {
        draft->is_unread = true;
        return;
    }
    if (draft->document_count >= SLA_DOCUMENTS_MAX) {
        struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_LIMIT, yaml_span(root),
                                     "more than %d documents", SLA_DOCUMENTS_MAX);
        diag_help(draft->diags, diag, "compile fewer at a time");
        return;
    }
    if (report_other_kind(draft, root, &envelope)) {
        draft->is_unread = true;
        return;
    }
    struct draft_document *document = ARENA_NEW(draft->arena, struct draft_document, 1);
    document->document.kind = envelope.kind;
    document->document.source = source;
    document->document.span = yaml_span(root);
    document->document.root = root;
    document->broken = !whole;
    *draft->tail = document;
    draft->tail = &document->next;
    draft->document_count++;
    read_parts(draft, document, &envelope);
}

static struct diag *report_foreign(struct draft *draft, struct diag_span span, const char *what)
{
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_FOREIGN, span,
                                 "this is %s, no document of Redan", what);

    diag_help(draft->diags, diag,
              "a document begins with `apiVersion: redan/v1` and `kind: SecuritySLA`; `redan init` "
              "writes one to begin with");
    draft->is_unread = true;
    return diag;
}

/* Of another tool, as its text shows. */
static bool is_foreign(struct draft *draft, const struct diag_source *source)
{
    struct sla_foreign foreign;

    if (!sla_foreign_look(source->text, &foreign)) {
        return false;
    }
    struct diag_span span = { source, foreign.line, (uint32_t)foreign.byte,
                              (uint32_t)foreign.byte_end };
    (void)report_foreign(draft, span, foreign.what);
    return true;
}

static bool has_key_of_document(const struct yaml_node *root)
{
    size_t at = 0;

    while (at < sla_record_document.count &&
           yaml_get(root, sla_record_document.fields[at].key) == NULL) {
        at++;
    }
    return at < sla_record_document.count;
}

static bool resembles_key_of_document(struct draft *draft, struct slice key)
{
    struct slice names[SLA_FIELDS_MAX];

    for (size_t i = 0; i < sla_record_document.count; i++) {
        names[i] = slice_from(sla_record_document.fields[i].key);
    }
    return sla_nearest(draft, key, names, sla_record_document.count).len > 0;
}

/* One value, or a mapping with no key of a document nor one that resembles it: not each of its keys
 * is wrong, but the file. */
static bool is_other(struct draft *draft, const struct yaml_node *root)
{
    if (root->kind == YAML_SCALAR) {
        (void)report_foreign(draft, yaml_span(root), "plain text");
        return true;
    }
    if (root->kind != YAML_MAPPING || root->first == NULL || has_key_of_document(root)) {
        return false;
    }
    for (const struct yaml_node *at = root->first; at != NULL; at = at->next) {
        if (at->key.len == 0 || resembles_key_of_document(draft, at->key)) {
            return false;
        }
    }
    struct diag *diag = report_foreign(draft, yaml_key_span(root->first), "a mapping");
    diag_label(draft->diags, diag, "none of `apiVersion`, `kind`, `metadata`, `spec` is there");
    return true;
}

static bool is_blank(const struct yaml_node *root)
{
    return root == NULL || (root->kind == YAML_SCALAR && root->text.len == 0);
}

void sla_read_source(struct draft *draft, const struct diag_source *source)
{
    sla_count_errors(draft);
    if (is_foreign(draft, source)) {
        return;
    }
    const struct yaml_document *document = yaml_read(draft->arena, source, draft->diags);
    size_t read = 0;

    draft->is_unread |= draft->diags->errors > draft->errors_before;
    for (; document != NULL; document = document->next) {
        if (!is_blank(document->root) && !sla_is_full(draft, document->root)) {
            if (!is_other(draft, document->root)) {
                read_document(draft, source, document->root);
            }
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
