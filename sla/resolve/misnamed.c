#include "sla/resolve/misnamed.h"

#include "sla/report.h"
#include "sla/terms/party.h"
#include "sla/words/slip.h"

struct checking {
    struct draft *draft;
    struct sla_names writers; /* into documents */
    struct sla_names holders; /* providers of resources, into these */
    struct sla_names owners;  /* likewise */
    size_t compared;
};

static bool is_here(const struct sla_names *names, struct slice name)
{
    uint32_t ignored = 0;

    return sla_names_find(names, name, &ignored);
}

/* Each name once, with its first number. */
static void settle(struct sla_names *names)
{
    size_t kept = 0;

    sla_names_sort(names);
    for (size_t i = 0; i < names->count; i++) {
        struct slice name = names->items[i].name;
        if (name.len > 0 && (kept == 0 || !slice_eq(names->items[kept - 1].name, name))) {
            names->items[kept++] = names->items[i];
        }
    }
    names->count = kept;
}

static void gather(struct checking *self, struct arena *arena)
{
    const struct draft *draft = self->draft;

    sla_names_init(&self->writers, arena, draft->document_count);
    sla_names_init(&self->holders, arena, draft->resource_count);
    sla_names_init(&self->owners, arena, draft->resource_count);
    for (size_t i = 0; i < draft->document_count; i++) {
        sla_names_add(&self->writers, draft->documents[i]->document.party, (uint32_t)i);
    }
    for (size_t i = 0; i < draft->resource_count; i++) {
        struct slice owner = draft->resources[i]->resource.owner;
        sla_names_add(&self->holders, draft->resources[i]->resource.provider, (uint32_t)i);
        sla_names_add(&self->owners, owner, (uint32_t)i);
    }
    settle(&self->writers);
    settle(&self->holders);
    settle(&self->owners);
}

/* The first of the names that this one is a slip of, and that is among `also`, too; NULL: none. */
static const struct sla_name *find_meant(struct checking *self, struct slice name,
                                         const struct sla_names *among,
                                         const struct sla_names *also)
{
    if (self->compared + among->count > SLA_MISNAMED_COMPARED_MAX) {
        return NULL;
    }
    self->compared += among->count;
    for (size_t i = 0; i < among->count; i++) {
        const struct sla_name *at = &among->items[i];
        if (sla_is_slip(name, at->name) && (also == NULL || is_here(also, at->name))) {
            return at;
        }
    }
    return NULL;
}

static void propose(struct checking *self, struct diag *diag, const struct yaml_node *at,
                    struct slice meant)
{
    struct diag_list *diags = self->draft->diags;

    sla_report_some(self->draft, diag);
    diag_help(diags, diag, "if the same is meant, write `%.*s`", SLICE_ARG(meant));
    (void)diag_fix(diags, diag, false, yaml_span(at), meant, "replace with `%.*s`",
                   SLICE_ARG(meant));
}

/* --- resources -------------------------------------------------------------------------------- */

static const struct yaml_node *member_of(const struct checking *self, const struct sla_name *name,
                                         const char *member)
{
    return yaml_get(self->draft->resources[name->at]->node, member);
}

/* Who holds or owns resources and wrote nothing. A provider whose slip no resource stands at is
 * right: then the offer is told. */
static void check_held(struct checking *self, const struct sla_names *names, const char *member,
                       const struct sla_names *also)
{
    struct draft *draft = self->draft;

    for (size_t i = 0; i < names->count; i++) {
        const struct sla_name *name = &names->items[i];
        const struct yaml_node *at = member_of(self, name, member);
        const struct sla_name *meant = at == NULL || is_here(&self->writers, name->name)
                                           ? NULL
                                           : find_meant(self, name->name, &self->writers, also);
        if (meant == NULL) {
            continue;
        }
        struct diag *diag = diag_add(draft->diags, DIAG_WARNING, SLA_CODE_RESEMBLING, yaml_span(at),
                                     "no document is of `%.*s`, which resembles `%.*s`",
                                     SLICE_ARG(name->name), SLICE_ARG(meant->name));
        diag_label(draft->diags, diag, "the %s of `%.*s`", member,
                   SLICE_ARG(draft->resources[name->at]->resource.name));
        const struct yaml_node *metadata =
            yaml_get(draft->documents[meant->at]->document.root, "metadata");
        diag_secondary(draft->diags, diag, yaml_span(yaml_get(metadata, "party")),
                       "the party of this one");
        propose(self, diag, at, meant->name);
    }
}

/* --- offers ----------------------------------------------------------------------------------- */

static void check_offer(struct checking *self, const struct draft_document *offer,
                        const struct yaml_node *metadata)
{
    struct draft *draft = self->draft;
    struct slice party = offer->document.party;
    const struct yaml_node *at = yaml_get(metadata, "party");

    if (at == NULL || offer->document.role != PARTY_PROVIDER || is_here(&self->holders, party)) {
        return;
    }
    const struct sla_name *meant = find_meant(self, party, &self->holders, NULL);
    if (meant == NULL || is_here(&self->writers, meant->name)) {
        return; /* of two that wrote something each is declared */
    }
    struct diag *diag = diag_add(draft->diags, DIAG_WARNING, SLA_CODE_RESEMBLING, yaml_span(at),
                                 "`%.*s` has no resources, and resembles `%.*s`, which has",
                                 SLICE_ARG(party), SLICE_ARG(meant->name));
    diag_label(draft->diags, diag, "the party that makes this offer");
    diag_secondary(draft->diags, diag, yaml_span(member_of(self, meant, "provider")),
                   "the provider of `%.*s`", SLICE_ARG(draft->resources[meant->at]->resource.name));
    propose(self, diag, at, meant->name);
}

/* By a party of its own right, who need not be one of these documents: only a slip is told. */
static void check_assertion(struct checking *self, const struct draft_document *offer,
                            const struct yaml_node *metadata)
{
    struct draft *draft = self->draft;
    struct slice party = offer->document.asserted_by.party;
    const struct yaml_node *said = yaml_get(metadata, "assertedBy");
    const struct yaml_node *at =
        said != NULL && said->kind == YAML_MAPPING ? yaml_get(said, "party") : said;

    if (at == NULL || party.len == 0 ||
        sla_parties_find(draft->parties, draft->party_count, party) != SLA_NOBODY) {
        return;
    }
    const struct sla_name *meant = find_meant(self, party, &self->writers, NULL);
    if (meant == NULL) {
        return;
    }
    struct diag *diag = diag_add(draft->diags, DIAG_WARNING, SLA_CODE_PARTY, yaml_span(at),
                                 "`%.*s` is not a party of these documents", SLICE_ARG(party));
    diag_label(draft->diags, diag, "asserts offer `%.*s`", SLICE_ARG(offer->document.name));
    propose(self, diag, at, meant->name);
}

void sla_check_misnamed(struct draft *draft)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    struct checking self = { .draft = draft };

    if (draft->is_unread) {
        return;
    }
    gather(&self, &scratch);
    check_held(&self, &self.holders, "provider", &self.holders);
    check_held(&self, &self.owners, "owner", NULL);
    for (size_t i = 0; i < draft->document_count; i++) {
        const struct draft_document *document = draft->documents[i];
        const struct yaml_node *metadata = yaml_get(document->document.root, "metadata");
        if (document->document.kind == SLA_PROVIDER_OFFER && metadata != NULL) {
            check_offer(&self, document, metadata);
            check_assertion(&self, document, metadata);
        }
    }
}
