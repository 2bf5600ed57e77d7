#include "sla/agree/agreement.h"

#include "base/date.h"
#include "sla/draft.h"
#include "sla/resolve/digest.h"
#include "sla/sla.h"

static const char *const state_names[SLA_AGREEMENT_STATES] = {
    [SLA_AGREEMENT_DRAFT] = "draft",       [SLA_AGREEMENT_NEGOTIATED] = "negotiated",
    [SLA_AGREEMENT_IN_FORCE] = "in-force", [SLA_AGREEMENT_AMENDED] = "amended",
    [SLA_AGREEMENT_ENDED] = "ended",
};
const struct sla_words sla_agreement_state_words = { state_names, COUNT_OF(state_names) };

const char *sla_agreement_state_name(enum sla_agreement_state state)
{
    return state_names[state];
}

bool sla_agreement_is_over(const struct sla_agreement *agreement)
{
    return agreement->state == SLA_AGREEMENT_AMENDED || agreement->state == SLA_AGREEMENT_ENDED;
}

const char *sla_signature_verdict_name(enum sla_signature_verdict verdict)
{
    static const char *const names[SLA_SIGNATURE_VERDICTS] = {
        [SLA_SIGNATURE_UNCHECKED] = "not checked",
        [SLA_SIGNATURE_GOOD] = "verified",
        [SLA_SIGNATURE_STRANGER] = "no such key of this party is known",
        [SLA_SIGNATURE_OTHER_DAY] = "its key was not this party's on that day",
        [SLA_SIGNATURE_OTHER_TEXT] = "this is not what was signed with the key",
        [SLA_SIGNATURE_OLD] = "it was made in the first format, which signed neither `by` nor `at`",
        [SLA_SIGNATURE_TO_COME] = "its day is still to come",
        [SLA_SIGNATURE_NO_DOCUMENT] = "no document of this party is pinned",
    };

    return names[verdict];
}

/* --- signed bytes ---------------------------------------------------------------------------- */

/* What may change while signatures stay. */
static bool is_left_out(struct slice key)
{
    return slice_is(key, "state") || slice_is(key, "signatures") || slice_is(key, "ended");
}

/* The mapping without what `leaves_out` says; its members are copies, what is in them is shared. */
static struct yaml_node *without(struct arena *arena, const struct yaml_node *mapping,
                                 bool (*leaves_out)(struct slice key))
{
    struct yaml_node *copy = ARENA_NEW(arena, struct yaml_node, 1);
    const struct yaml_node **tail = &copy->first;

    *copy = *mapping;
    copy->first = NULL;
    copy->count = 0;
    for (const struct yaml_node *at = mapping->first; at != NULL; at = at->next) {
        if (!leaves_out(at->key)) {
            struct yaml_node *member = ARENA_NEW(arena, struct yaml_node, 1);
            *member = *at;
            member->next = NULL;
            *tail = member;
            tail = &member->next;
            copy->count++;
        }
    }
    return copy;
}

static bool is_spec(struct slice key)
{
    return slice_is(key, "spec");
}

void sla_agreement_signed_bytes(struct arena *scratch, const struct yaml_node *root,
                                struct buf *out)
{
    const struct yaml_node *spec = yaml_get(root, "spec");
    struct yaml_node *signed_root = without(scratch, root, is_spec);

    if (spec != NULL && spec->kind == YAML_MAPPING) {
        struct yaml_node *kept = without(scratch, spec, is_left_out);
        kept->next = signed_root->first;
        signed_root->first = kept;
        signed_root->count++;
    }
    buf_add_slice(out, SLICE("redan/1 agreement\0")); /* with its NUL */
    sla_canonical_add(scratch, signed_root, out);
}

void sla_signature_bytes(const struct sha256 *agreed, const struct sla_signature *signature,
                         struct buf *out)
{
    char day[DATE_TEXT_MAX];

    date_format(signature->at_day, day);
    buf_add_slice(out, SLICE("redan/2 signature\0")); /* with its NUL */
    buf_add(out, agreed->bytes, sizeof(agreed->bytes));
    sla_canonical_add_scalar(signature->party, out);
    sla_canonical_add_scalar(signature->by, out);
    sla_canonical_add_scalar(slice_from(day), out);
}

/* --- the life cycle -------------------------------------------------------------------------- */

/* To which states one may go from each. */
static const unsigned steps[SLA_AGREEMENT_STATES] = {
    [SLA_AGREEMENT_DRAFT] = SLA_BIT(SLA_AGREEMENT_DRAFT) | SLA_BIT(SLA_AGREEMENT_NEGOTIATED),
    [SLA_AGREEMENT_NEGOTIATED] = SLA_BIT(SLA_AGREEMENT_NEGOTIATED) | SLA_BIT(SLA_AGREEMENT_DRAFT) |
                                 SLA_BIT(SLA_AGREEMENT_IN_FORCE) | SLA_BIT(SLA_AGREEMENT_ENDED),
    [SLA_AGREEMENT_IN_FORCE] = SLA_BIT(SLA_AGREEMENT_IN_FORCE) | SLA_BIT(SLA_AGREEMENT_AMENDED) |
                               SLA_BIT(SLA_AGREEMENT_ENDED),
    [SLA_AGREEMENT_AMENDED] = SLA_BIT(SLA_AGREEMENT_AMENDED) | SLA_BIT(SLA_AGREEMENT_ENDED),
    [SLA_AGREEMENT_ENDED] = SLA_BIT(SLA_AGREEMENT_ENDED),
};

static const struct sla_agreement *find(const struct sla_world *world,
                                        const struct sla_document *document)
{
    for (size_t i = 0; world != NULL && i < world->agreement_count; i++) {
        const struct sla_document *other = world->agreements[i]->document;
        if (slice_eq(other->party, document->party) && slice_eq(other->name, document->name) &&
            other->version == document->version) {
            return world->agreements[i];
        }
    }
    return NULL;
}

static void report_vanished(struct diag_list *diags, const struct sla_agreement *before)
{
    const struct sla_document *document = before->document;
    struct diag *diag =
        diag_add(diags, DIAG_ERROR, SLA_CODE_AGREED, (struct diag_span){ 0 },
                 "agreement `%.*s` of `%.*s`, version %u, is in force and is not among the "
                 "documents",
                 SLICE_ARG(document->name), SLICE_ARG(document->party), document->version);

    diag_help(diags, diag, "keep it, and write `state: ended` when it has ended");
}

static void report_step(struct diag_list *diags, const struct sla_agreement *before,
                        const struct sla_agreement *after)
{
    CLEANUP(buf_done) struct buf next = { 0 };
    struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_AGREEMENT_STATE, after->state_span,
                                 "an agreement that is %s does not become %s",
                                 state_names[before->state], state_names[after->state]);

    for (size_t i = 0; i < SLA_AGREEMENT_STATES; i++) {
        if ((steps[before->state] & SLA_BIT(i)) != 0) {
            buf_printf(&next, "%s`%s`", next.len > 0 ? ", " : "", state_names[i]);
        }
    }
    diag_help(diags, diag, "after `%s` it may be: %.*s", state_names[before->state],
              SLICE_ARG(buf_slice(&next)));
}

static void report_changed(struct diag_list *diags, const struct sla_agreement *before,
                           const struct sla_agreement *after)
{
    struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_AGREED, after->document->span,
                                 "what was signed has changed in an agreement that was %s",
                                 state_names[before->state]);

    diag_help(diags, diag,
              "put back what was signed; a change is a new version, which names this one in "
              "`replaces`");
}

static bool was_signed(const struct sla_agreement *agreement)
{
    return agreement->state == SLA_AGREEMENT_IN_FORCE || agreement->state == SLA_AGREEMENT_AMENDED;
}

static bool check_step(const struct sla_agreement *before, const struct sla_agreement *after,
                       struct diag_list *diags)
{
    if (after == NULL) {
        if (before->state == SLA_AGREEMENT_IN_FORCE) {
            report_vanished(diags, before);
        }
        return before->state != SLA_AGREEMENT_IN_FORCE;
    }
    if ((steps[before->state] & SLA_BIT(after->state)) == 0) {
        report_step(diags, before, after);
        return false;
    }
    if (was_signed(before) && !sha256_eq(&before->signed_digest, &after->signed_digest)) {
        report_changed(diags, before, after);
        return false;
    }
    return true;
}

bool sla_agreement_step(const struct sla_world *before, const struct sla_world *after,
                        struct diag_list *diags)
{
    bool good = true;

    for (size_t i = 0; before != NULL && i < before->agreement_count; i++) {
        const struct sla_agreement *agreement = before->agreements[i];
        good &= check_step(agreement, find(after, agreement->document), diags);
    }
    diag_sort(diags);
    return good;
}
