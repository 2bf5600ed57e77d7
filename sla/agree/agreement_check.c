/* What must hold of the agreements of one world, by their states. */
#include "sla/agree/agreement.h"

#include "base/sorted.h"
#include "sla/agree/absent.h"
#include "sla/agree/signatures.h"
#include "sla/draft.h"
#include "sla/edit/edit.h"
#include "sla/policy/delegation.h"
#include "sla/report.h"

#include <stdlib.h>

static struct diag *complain(struct draft *draft, unsigned code, struct diag_span at,
                             struct slice text, const char *help)
{
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, code, at, "%.*s", SLICE_ARG(text));

    diag_help(draft->diags, diag, "%s", help);
    return diag;
}

/* --- pins ------------------------------------------------------------------------------------ */

static int document_order(const void *pin, const void *document)
{
    const struct sla_pin *a = pin;
    const struct sla_document *b = &(*(struct draft_document *const *)document)->document;
    int order = (int)a->kind - (int)b->kind;

    order = order != 0 ? order : slice_cmp(a->party, b->party);
    return order != 0 ? order : slice_cmp(a->name, b->name);
}

/* By kind, party and name; documents are in that order. */
static const struct draft_document *find_document(const struct draft *draft,
                                                  const struct sla_pin *pin)
{
    struct draft_document *const *found = bsearch(pin, draft->documents, draft->document_count,
                                                  sizeof(struct draft_document *), document_order);

    return found != NULL ? *found : NULL;
}

static struct slice digest_text(struct draft *draft, const struct sha256 *digest)
{
    char hex[2 * SHA256_BYTES + 1];

    sha256_hex(digest, hex);
    return arena_printf(draft->arena, "sha256:%s", hex);
}

/* Writes the digest of the document as it is now. */
static void fix_digest(struct draft *draft, struct diag *diag, const struct sla_pin *pin)
{
    struct slice digest = digest_text(draft, &pin->document->digest);
    const struct diag_edit *edit = sla_edit_member(draft->arena, pin->node, "digest", digest);

    (void)diag_fix(draft->diags, diag, true, edit->span, edit->text, "pin `%.*s` as it is now",
                   SLICE_ARG(pin->name));
}

/* A draft moves with what it speaks of; from there on a digest is what was agreed on. */
static void check_digest(struct draft *draft, const struct sla_agreement *agreement,
                         const struct sla_pin *pin)
{
    bool is_draft = agreement->state == SLA_AGREEMENT_DRAFT;

    if (!pin->has_digest) {
        if (!is_draft) {
            struct diag *diag =
                complain(draft, SLA_CODE_AGREEMENT_STATE, pin->span,
                         arena_printf(draft->arena, "`%.*s` is pinned without its digest",
                                      SLICE_ARG(pin->name)),
                         "only a draft leaves digests out: `redan sla fix` fills them in");
            if (agreement->state == SLA_AGREEMENT_NEGOTIATED) {
                fix_digest(draft, diag, pin);
            }
        }
        return;
    }
    if (sha256_eq(&pin->digest, &pin->document->digest)) {
        return;
    }
    struct slice digest = digest_text(draft, &pin->document->digest);
    struct diag *diag = diag_add(
        draft->diags, is_draft ? DIAG_WARNING : DIAG_ERROR, SLA_CODE_AGREED, pin->digest_span,
        "%s `%.*s` is not what this digest is of", sla_kind_name(pin->kind), SLICE_ARG(pin->name));
    diag_label(draft->diags, diag, "its digest is %.*s", SLICE_ARG(digest));
    diag_secondary(draft->diags, diag, pin->document->span, "this document");
    if (is_draft) {
        diag_help(draft->diags, diag, "a draft may leave digests out");
        fix_digest(draft, diag, pin);
    } else {
        diag_help(draft->diags, diag,
                  "put back what was agreed on, or agree on the document as it is now");
    }
}

/* The pins of one agreement, ascending by kind, party and name: each is asked for what others rest
 * on. */
struct pinned {
    const struct sla_pin **items;
    size_t count;
};

static int pin_order(const void *left, const void *right)
{
    const struct sla_pin *a = *(const struct sla_pin *const *)left;
    const struct sla_pin *b = *(const struct sla_pin *const *)right;
    int order = (int)a->kind - (int)b->kind;

    order = order != 0 ? order : slice_cmp(a->party, b->party);
    return order != 0 ? order : slice_cmp(a->name, b->name);
}

static struct pinned sort_pins(struct arena *scratch, const struct sla_agreement *agreement)
{
    struct pinned pinned = { ARENA_NEW(scratch, const struct sla_pin *, agreement->pin_count + 1),
                             agreement->pin_count };

    for (size_t i = 0; i < pinned.count; i++) {
        pinned.items[i] = &agreement->pins[i];
    }
    qsort(pinned.items, pinned.count, sizeof(const struct sla_pin *), pin_order);
    return pinned;
}

static bool pins_name(const struct pinned *pinned, enum sla_kind kind, struct slice party,
                      struct slice name)
{
    const struct sla_pin *wanted = &(struct sla_pin){ .kind = kind, .party = party, .name = name };

    return bsearch(&wanted, pinned->items, pinned->count, sizeof(const struct sla_pin *),
                   pin_order) != NULL;
}

static void check_rests_on(struct draft *draft, const struct pinned *pinned,
                           const struct sla_pin *pin, enum sla_kind kind, struct slice name,
                           struct diag_span used)
{
    if (name.len == 0 || pins_name(pinned, kind, pin->party, name)) {
        return;
    }
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_NOT_PINNED, pin->span,
                                 "`%.*s` rests on `%.*s`, which is not pinned",
                                 SLICE_ARG(pin->name), SLICE_ARG(name));
    diag_secondary(draft->diags, diag, used, "taken here");
    diag_help(draft->diags, diag, "pin it too: `{kind: %s, party: %.*s, name: %.*s, version: ...}`",
              sla_kind_name(kind), SLICE_ARG(pin->party), SLICE_ARG(name));
}

/* What a set means must not change with its next revision. What stands in a template is told
 * where that is pinned. */
static void check_dated(struct draft *draft, const struct sla_pin *pin,
                        const struct draft_document *document)
{
    const struct yaml_node *root = document->document.root;
    const struct diag_span *undated = &document->undated;

    if (undated->source != root->source || undated->byte < root->byte ||
        undated->byte >= root->byte_last) {
        return;
    }
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_NOT_PINNED, pin->span,
                                 "`%.*s` rests on the newest revision of `%.*s`",
                                 SLICE_ARG(pin->name), SLICE_ARG(document->undated_set));
    diag_secondary(draft->diags, diag, *undated, "named without a date");
    diag_help(draft->diags, diag, "write the date there: what is agreed on does not change later");
}

static int by_ref(const void *left, const void *right)
{
    return sla_clause_ref_cmp(left, right);
}

/* An SLA grants, or an offer what it reserves. */
static enum sla_kind granting_kind(const struct draft *draft, const struct clause_ref *ref)
{
    const struct sla_pin offer = { .kind = SLA_PROVIDER_OFFER,
                                   .party = ref->party,
                                   .name = ref->document };
    const struct sla_pin sla = { .kind = SLA_SECURITY_SLA,
                                 .party = ref->party,
                                 .name = ref->document };

    return find_document(draft, &sla) == NULL && find_document(draft, &offer) != NULL
               ? SLA_PROVIDER_OFFER
               : SLA_SECURITY_SLA;
}

/* By what is granted above them its clauses hold, and fall. Once for all that one document grants;
 * what was taken before this was asked stays a world. */
static void check_granted(struct draft *draft, const struct pinned *pinned,
                          const struct sla_pin *pin, const struct draft_document *document)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    struct clause_ref *refs = ARENA_NEW(&scratch, struct clause_ref, document->clause_count + 1);
    size_t count = 0;

    for (size_t i = 0; i < document->clause_count; i++) {
        const struct sla_clause *clause = &document->clauses[i].clause;
        if (clause->granted_by.len > 0) {
            refs[count++] = sla_granted_by(clause);
        }
    }
    qsort(refs, count, sizeof(*refs), by_ref);
    for (size_t i = 0; i < count; i++) {
        const struct clause_ref *ref = &refs[i];
        bool told = i > 0 && slice_eq(ref->party, refs[i - 1].party) &&
                    slice_eq(ref->document, refs[i - 1].document);
        enum sla_kind kind = granting_kind(draft, ref);
        if (told || pins_name(pinned, kind, ref->party, ref->document)) {
            continue;
        }
        struct diag *diag = diag_add(
            draft->diags, draft->options.stored ? DIAG_WARNING : DIAG_ERROR, SLA_CODE_NOT_PINNED,
            pin->span, "`%.*s` holds by what `%.*s` of `%.*s` grants, which is not pinned",
            SLICE_ARG(pin->name), SLICE_ARG(ref->document), SLICE_ARG(ref->party));
        diag_help(draft->diags, diag,
                  "pin it too: `{kind: %s, party: %.*s, name: %.*s, version: ...}`",
                  sla_kind_name(kind), SLICE_ARG(ref->party), SLICE_ARG(ref->document));
    }
}

/* What a pinned document is made of must not change behind its digest. */
static void check_made_of(struct draft *draft, const struct pinned *pinned,
                          const struct sla_pin *pin, const struct draft_document *document)
{
    check_dated(draft, pin, document);
    check_rests_on(draft, pinned, pin, SLA_SECURITY_SLA, document->extends.document,
                   document->extends.span);
    for (size_t i = 0; i < document->response_count; i++) {
        check_rests_on(draft, pinned, pin, SLA_RESPONSE_POLICY, document->responses[i].policy,
                       document->responses[i].span);
    }
    check_granted(draft, pinned, pin, document);
}

static bool is_as_pinned(const struct draft_document *found, const struct sla_pin *pin)
{
    return found != NULL && !found->broken && found->document.version == pin->version &&
           pin->has_digest && sha256_eq(&pin->digest, &found->document.digest);
}

static void check_pins(struct draft *draft, struct sla_agreement *agreement)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    const struct pinned pinned = sort_pins(&scratch, agreement);

    for (size_t i = 0; i < agreement->pin_count; i++) {
        struct sla_pin *pin = &agreement->pins[i];
        const struct draft_document *found = find_document(draft, pin);
        if (sla_agreement_is_over(agreement)) {
            pin->document = is_as_pinned(found, pin) ? &found->document : NULL;
            continue;
        }
        if (found == NULL || found->document.version != pin->version) {
            sla_report_absent(draft, pin, found);
            continue;
        }
        if (!found->broken) {
            pin->document = &found->document;
            check_digest(draft, agreement, pin);
            if (agreement->state != SLA_AGREEMENT_DRAFT) {
                check_made_of(draft, &pinned, pin, found);
            }
        }
    }
}

/* --- states ---------------------------------------------------------------------------------- */

static void check_members(struct draft *draft, const struct sla_agreement *agreement)
{
    bool in_force = agreement->state == SLA_AGREEMENT_IN_FORCE;

    if (in_force && !agreement->has_valid) {
        (void)complain(draft, SLA_CODE_AGREEMENT_STATE, agreement->state_span,
                       SLICE("an agreement in force needs `valid`"),
                       "write `valid: {from: 2026-01-01, until: 2029-01-01}`");
    }
    if (agreement->state == SLA_AGREEMENT_ENDED && !agreement->has_ended) {
        (void)complain(draft, SLA_CODE_AGREEMENT_STATE, agreement->state_span,
                       SLICE("an agreement that has ended says when and why"),
                       "write `ended: {at: 2026-01-01, by: anna, why: moved away}`");
    }
    if (agreement->state != SLA_AGREEMENT_ENDED && agreement->has_ended) {
        (void)complain(draft, SLA_CODE_AGREEMENT_STATE, agreement->state_span,
                       SLICE("it says when it ended, and has not"),
                       "write `state: ended`, or leave `ended` out");
    }
}

/* --- versions -------------------------------------------------------------------------------- */

static bool same_name(const struct sla_agreement *a, const struct sla_agreement *b)
{
    return slice_eq(a->document->party, b->document->party) &&
           slice_eq(a->document->name, b->document->name);
}

static int version_order(const void *version, const void *replacing)
{
    const struct sla_document *a = (*(struct sla_agreement *const *)version)->document;
    const struct sla_agreement *by = replacing;
    uint32_t wanted = by->replaces.version;
    int order = slice_cmp(a->party, by->document->party);

    order = order != 0 ? order : slice_cmp(a->name, by->document->name);
    return order != 0 ? order : (a->version > wanted) - (a->version < wanted);
}

/* The version that `replaces` names: its place among all, which are in that order; `count` when it
 * is not here. */
static size_t find_replaced(struct sla_agreement *const *all, size_t count,
                            const struct sla_agreement *agreement)
{
    size_t at =
        sorted_lower_bound(all, count, sizeof(struct sla_agreement *), agreement, version_order);

    return at < count && version_order(&all[at], agreement) == 0 ? at : count;
}

/* Once it is in force the version before may be gone. */
static void report_no_version(struct draft *draft, const struct sla_agreement *agreement)
{
    const struct sla_document *document = agreement->document;

    if (agreement->state == SLA_AGREEMENT_DRAFT || agreement->state == SLA_AGREEMENT_NEGOTIATED) {
        struct diag *diag = diag_add(
            draft->diags, DIAG_WARNING, SLA_CODE_NO_DOCUMENT, agreement->replaces.span,
            "Agreement `%.*s` of `%.*s`, version %u, is not among the "
            "documents",
            SLICE_ARG(document->name), SLICE_ARG(document->party), agreement->replaces.version);
        diag_help(draft->diags, diag,
                  "add the file with this version: `digest` is held against it");
    }
}

static void fix_replaced(struct draft *draft, struct diag *diag,
                         const struct sla_agreement *agreement, const struct sla_agreement *before)
{
    struct slice digest = digest_text(draft, &before->signed_digest);
    const struct diag_edit *edit =
        sla_edit_member(draft->arena, agreement->replaces.node, "digest", digest);

    (void)diag_fix(draft->diags, diag, true, edit->span, edit->text, "name version %u as it is now",
                   before->document->version);
}

static void report_no_digest(struct draft *draft, const struct sla_agreement *agreement,
                             const struct sla_agreement *before)
{
    if (agreement->state != SLA_AGREEMENT_DRAFT) {
        struct diag *diag = complain(draft, SLA_CODE_AGREEMENT_STATE, agreement->replaces.span,
                                     SLICE("`replaces` names a version without its digest"),
                                     "only a draft leaves digests out: `redan sla fix` fills them "
                                     "in");
        if (agreement->state == SLA_AGREEMENT_NEGOTIATED && before != NULL) {
            fix_replaced(draft, diag, agreement, before);
        }
    }
}

/* Told before anybody has signed it: what was signed does not change any more. */
static void report_wrong_digest(struct draft *draft, const struct sla_agreement *agreement,
                                const struct sla_agreement *before)
{
    bool is_draft = agreement->state == SLA_AGREEMENT_DRAFT;
    bool refused = !is_draft && !draft->options.stored;
    struct slice digest = digest_text(draft, &before->signed_digest);
    struct diag *diag =
        diag_add(draft->diags, refused ? DIAG_ERROR : DIAG_WARNING, SLA_CODE_AGREED,
                 agreement->replaces.digest_span, "version %u is not what this digest is of",
                 before->document->version);

    diag_label(draft->diags, diag, "its digest is %.*s", SLICE_ARG(digest));
    diag_secondary(draft->diags, diag, before->document->span, "this version");
    if (is_draft) {
        diag_help(draft->diags, diag, "a draft may leave digests out");
        fix_replaced(draft, diag, agreement, before);
    } else {
        diag_help(draft->diags, diag,
                  agreement->state == SLA_AGREEMENT_ENDED
                      ? "write the digest of the version that it was to replace"
                      : "write the digest of what is to be replaced, and sign that");
    }
}

static void check_replaces(struct draft *draft, const struct sla_agreement *agreement,
                           const struct sla_agreement *before)
{
    const struct sla_replaces *replaces = &agreement->replaces;

    if (replaces->version >= agreement->document->version) {
        (void)complain(draft, SLA_CODE_AGREEMENT_STATE, replaces->span,
                       SLICE("a version replaces an earlier one"),
                       "give this one a higher `metadata.version` than the one that it replaces");
        return;
    }
    if (before == NULL) {
        report_no_version(draft, agreement);
    }
    if (!replaces->has_digest) {
        report_no_digest(draft, agreement, before);
    } else if (before != NULL && !sha256_eq(&replaces->digest, &before->signed_digest)) {
        report_wrong_digest(draft, agreement, before);
    }
}

/* Whether some version names this one in `replaces`; what counts for more is greater. */
enum replaced { REPLACED_BY_NONE, REPLACED_LATER, REPLACED };

/* What is over may have been withdrawn before all had signed it. Signatures whose keys are gone by
 * now count here: whether they hold was asked while it was in force. */
static bool came_into_force(const struct sla_agreement *agreement)
{
    return agreement->state == SLA_AGREEMENT_IN_FORCE ||
           (sla_agreement_is_over(agreement) && sla_agreement_has_all_signatures(agreement));
}

/* What `after`, which names `before`, does to it. */
static enum replaced replaced_by(const struct sla_agreement *before,
                                 const struct sla_agreement *after)
{
    const struct sla_replaces *replaces = &after->replaces;

    if (after->state == SLA_AGREEMENT_DRAFT || after->state == SLA_AGREEMENT_NEGOTIATED) {
        return REPLACED_LATER;
    }
    return replaces->has_digest && sha256_eq(&replaces->digest, &before->signed_digest) &&
                   came_into_force(after)
               ? REPLACED
               : REPLACED_BY_NONE;
}

/* Of each of all, by version that came into force, or one that is still negotiated. */
static enum replaced *check_all_replaces(struct draft *draft, struct arena *scratch,
                                         struct sla_agreement *const *all, size_t count)
{
    enum replaced *out = ARENA_NEW(scratch, enum replaced, count + 1);

    for (size_t i = 0; i < count; i++) {
        if (all[i]->replaces.version == 0) {
            continue;
        }
        size_t before = find_replaced(all, count, all[i]);
        check_replaces(draft, all[i], before < count ? all[before] : NULL);
        if (before < count) {
            enum replaced by = replaced_by(all[before], all[i]);
            out[before] = by > out[before] ? by : out[before];
        }
    }
    return out;
}

/* While the next version is negotiated its documents are here, so the one before is over already:
 * fine among people, and nothing to put in force. What was taken before stays a world. */
static void report_not_replaced(struct draft *draft, const struct sla_agreement *agreement,
                                enum replaced by)
{
    bool waits = draft->options.stored || (by == REPLACED_LATER && draft->options.partial);
    struct slice digest = digest_text(draft, &agreement->signed_digest);
    struct diag *diag =
        diag_add(draft->diags, waits ? DIAG_WARNING : DIAG_ERROR, SLA_CODE_AGREEMENT_STATE,
                 agreement->state_span, "no version that came into force replaces this one");

    if (by == REPLACED_LATER) {
        diag_help(draft->diags, diag,
                  "both go into force together: the one that replaces it is "
                  "`in-force` when all have signed");
        return;
    }
    diag_help(draft->diags, diag, "the version that amends it says which it replaces");
    diag_note(draft->diags, diag, "there: `replaces: {version: %u, digest: \"%.*s\"}`",
              agreement->document->version, SLICE_ARG(digest));
}

/* Agreements of one name stand side by side: documents are sorted. */
static void check_versions(struct draft *draft, struct sla_agreement *const *all, size_t count,
                           size_t at, enum replaced by)
{
    const struct sla_agreement *agreement = all[at];

    if (agreement->state == SLA_AGREEMENT_AMENDED && by != REPLACED) {
        report_not_replaced(draft, agreement, by);
    }
    for (size_t i = at + 1; i < count && same_name(agreement, all[i]); i++) {
        const struct sla_agreement *other = all[i];
        if (agreement->state == SLA_AGREEMENT_IN_FORCE && other->state == agreement->state &&
            agreement->valid.from_day < other->valid.until_day &&
            other->valid.from_day < agreement->valid.until_day) {
            struct diag *diag = complain(draft, SLA_CODE_AGREEMENT_STATE, other->state_span,
                                         SLICE("two versions are in force at the same time"),
                                         "the older one is `amended`, or ends before");
            diag_secondary(draft->diags, diag, agreement->state_span, "the other one");
        }
    }
}

static void check_agreement(struct draft *draft, const struct sla_known_keys *known,
                            struct sla_agreement *agreement)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    CLEANUP(buf_done) struct buf bytes = { 0 };

    sla_agreement_signed_bytes(&scratch, agreement->document->root, &bytes);
    agreement->signed_digest = sha256_of(buf_slice(&bytes));
    check_pins(draft, agreement);
    check_members(draft, agreement);
    sla_check_signatures(draft, known, agreement, buf_slice(&bytes));
}

void sla_check_agreements(struct draft *draft)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    struct sla_agreement **all =
        ARENA_NEW(draft->arena, struct sla_agreement *, draft->document_count + 1);
    const struct sla_options *options = &draft->options;
    struct sla_known_keys known;
    size_t count = 0;

    for (size_t i = 0; i < draft->document_count; i++) {
        if (draft->documents[i]->agreement != NULL && !draft->documents[i]->broken) {
            all[count++] = draft->documents[i]->agreement;
        }
    }
    sla_keys_index(&scratch, options->keys, count > 0 ? options->key_count : 0, &known);
    for (size_t i = 0; i < count; i++) {
        check_agreement(draft, options->keys != NULL ? &known : NULL, all[i]);
    }
    const enum replaced *replaced = check_all_replaces(draft, &scratch, all, count);
    for (size_t i = 0; i < count; i++) {
        check_versions(draft, all, count, i, replaced[i]);
    }
    draft->agreements = all;
    draft->agreement_count = count;
}
