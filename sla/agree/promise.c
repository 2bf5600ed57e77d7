#include "sla/agree/promise.h"

#include "base/sorted.h"
#include "sla/code.h"

#include <stdlib.h>

/* To one who signed. */
struct promise {
    size_t document;
    struct slice party;
    const struct sla_agreement *agreement;
};

struct sla_promises {
    struct promise *items; /* by document, party and agreement */
    size_t count;
    /* By document; NULL: none. */
    const struct sla_agreement *
        *about;                       /* one that pins it, the most binding if there are several */
    const struct sla_clause **relied; /* a requirement that rests on it, though no promise is */
};

/* --- agreements in force --------------------------------------------------------------------- */

static bool is_today(const struct sla_world *world, const struct sla_agreement *agreement)
{
    return !world->has_day || (agreement->valid.from_day <= world->as_of_day &&
                               world->as_of_day < agreement->valid.until_day);
}

static bool is_in_force(const struct sla_world *world, const struct sla_agreement *agreement)
{
    return is_today(world, agreement) && agreement->is_signed &&
           agreement->state == SLA_AGREEMENT_IN_FORCE;
}

/* Of one document and one party there may be several. */
static int promised_order(const void *left, const void *right)
{
    const struct promise *a = left;
    const struct promise *b = right;

    if (a->document != b->document) {
        return a->document < b->document ? -1 : 1;
    }
    return slice_cmp(a->party, b->party);
}

static int promise_order(const void *left, const void *right)
{
    size_t a = ((const struct promise *)left)->agreement->document->index;
    size_t b = ((const struct promise *)right)->agreement->document->index;
    int order = promised_order(left, right);

    return order != 0 ? order : (a > b) - (a < b);
}

/* As many as documents times parties of an agreement: that all of them have signed, with known
 * keys, bounds both. */
static size_t count_promises(const struct sla_world *world)
{
    size_t count = 0;

    for (size_t i = 0; i < world->agreement_count; i++) {
        const struct sla_agreement *agreement = world->agreements[i];
        count +=
            is_in_force(world, agreement) ? agreement->pin_count * agreement->signature_count : 0;
    }
    return count;
}

/* To those who have a document in it; that nobody else signed is an error already. */
static void enter(struct sla_promises *promises, const struct sla_agreement *agreement,
                  const struct sla_document *document)
{
    for (size_t i = 0; i < agreement->signature_count; i++) {
        const struct sla_signature *signature = &agreement->signatures[i];
        if (signature->verdict == SLA_SIGNATURE_GOOD) {
            promises->items[promises->count++] =
                (struct promise){ document->index, signature->party, agreement };
        }
    }
}

/* How near to a promise an agreement is. */
static const int nearness[SLA_AGREEMENT_STATES] = {
    [SLA_AGREEMENT_IN_FORCE] = 3,
    [SLA_AGREEMENT_NEGOTIATED] = 2,
    [SLA_AGREEMENT_DRAFT] = 1,
};

static const struct sla_agreement *nearer(const struct sla_agreement *before,
                                          const struct sla_agreement *agreement)
{
    return before != NULL && nearness[before->state] >= nearness[agreement->state] ? before
                                                                                   : agreement;
}

void sla_take_promises(struct arena *arena, struct sla_world *world)
{
    struct sla_promises *promises = ARENA_NEW(arena, struct sla_promises, 1);

    promises->items = ARENA_NEW(arena, struct promise, count_promises(world) + 1);
    promises->about = ARENA_NEW(arena, const struct sla_agreement *, world->document_count + 1);
    promises->relied = ARENA_NEW(arena, const struct sla_clause *, world->document_count + 1);
    for (size_t i = 0; i < world->agreement_count; i++) {
        const struct sla_agreement *agreement = world->agreements[i];
        for (size_t j = 0; j < agreement->pin_count; j++) {
            const struct sla_document *document = agreement->pins[j].document;
            if (document == NULL) {
                continue;
            }
            promises->about[document->index] = nearer(promises->about[document->index], agreement);
            if (is_in_force(world, agreement)) {
                enter(promises, agreement, document);
            }
        }
    }
    if (promises->count > 1) {
        qsort(promises->items, promises->count, sizeof(*promises->items), promise_order);
    }
    world->promises = promises;
}

const struct sla_agreement *sla_agreement_of(const struct sla_world *world,
                                             const struct sla_document *document,
                                             struct slice party)
{
    const struct sla_promises *promises = world->promises;
    const struct promise wanted = { .document = document->index, .party = party };
    size_t at = sorted_lower_bound(promises->items, promises->count, sizeof(wanted), &wanted,
                                   promised_order);
    bool found = at < promises->count && promised_order(&promises->items[at], &wanted) == 0;

    return found ? promises->items[at].agreement : NULL;
}

bool sla_document_is_promised(const struct sla_world *world, const struct sla_document *document,
                              struct slice party)
{
    return slice_eq(document->party, party) || sla_agreement_of(world, document, party) != NULL;
}

/* --- evidence -------------------------------------------------------------------------------- */

enum sla_evidence sla_evidence_least(enum sla_evidence a, enum sla_evidence b)
{
    if (a == SLA_NO_EVIDENCE || b == SLA_NO_EVIDENCE) {
        return a > b ? a : b;
    }
    return a < b ? a : b;
}

/* A pinned document's party has signed, or the agreement were not in force. */
enum sla_evidence sla_offer_evidence(const struct sla_world *world,
                                     const struct sla_document *offer)
{
    if (offer->kind != SLA_PROVIDER_OFFER) {
        return SLA_NO_EVIDENCE;
    }
    switch (offer->asserted_by.how) {
    case SLA_ASSERTED_SIGNED:
        return sla_agreement_of(world, offer, offer->party) != NULL ? SLA_ATTESTED : SLA_CLAIMED;
    case SLA_ASSERTED_TRANSCRIBED:
        return SLA_CLAIMED;
    case SLA_ASSERTED_MEASURED:
        return SLA_MEASURED;
    }
    return SLA_CLAIMED;
}

const char *sla_evidence_name(enum sla_evidence evidence)
{
    static const char *const names[] = {
        [SLA_NO_EVIDENCE] = "",
        [SLA_CLAIMED] = "claimed",
        [SLA_MEASURED] = "measured",
        [SLA_ATTESTED] = "attested",
    };

    return names[evidence];
}

void sla_note_evidence(enum sla_evidence evidence, struct diag *diag, struct diag_list *diags)
{
    if (evidence != SLA_NO_EVIDENCE) {
        diag_note(diags, diag, "of the offers it rests on the least sure is %s",
                  sla_evidence_name(evidence));
    }
}

/* --- what rests on no promise ---------------------------------------------------------------- */

bool sla_rest_on(const struct sla_world *world, const struct sla_clause *requirement,
                 const struct sla_clause *offer)
{
    const struct sla_clause **relied = &world->promises->relied[offer->document->index];

    if (sla_document_is_promised(world, offer->document, requirement->ref.party)) {
        return true;
    }
    if (*relied == NULL || sla_clause_ref_cmp(&requirement->ref, &(*relied)->ref) < 0) {
        *relied = requirement;
    }
    return false;
}

/* In force, and yet not as all of its parties signed it. */
static void help_to_sign(const struct sla_agreement *agreement, struct diag *diag,
                         struct diag_list *diags)
{
    const struct sla_signature *bad = agreement->signatures;
    const struct sla_signature *end = agreement->signatures + agreement->signature_count;

    while (bad < end && bad->verdict == SLA_SIGNATURE_GOOD) {
        bad++;
    }
    if (bad == end) {
        diag_help(diags, diag, "each party of its documents signs it, once");
    } else if (bad->verdict == SLA_SIGNATURE_UNCHECKED) {
        diag_help(diags, diag, "its signatures count once the keys of who signed are known");
    } else if (bad->verdict == SLA_SIGNATURE_NO_DOCUMENT) {
        diag_help(diags, diag,
                  "take the signature of `%.*s` out of it: no document there is hers, and with it "
                  "nothing counts as signed",
                  SLICE_ARG(bad->party));
    } else {
        diag_help(diags, diag, "the signature of `%.*s` there does not hold: %s",
                  SLICE_ARG(bad->party), sla_signature_verdict_name(bad->verdict));
    }
}

static void help_to_agree(const struct sla_world *world, const struct sla_agreement *agreement,
                          struct slice party, struct diag *diag, struct diag_list *diags)
{
    if (agreement == NULL || sla_agreement_is_over(agreement)) {
        diag_help(diags, diag, "pin it in an Agreement that `%.*s` signs too", SLICE_ARG(party));
        return;
    }
    diag_secondary(diags, diag, agreement->state_span, "this agreement pins it");
    if (agreement->state != SLA_AGREEMENT_IN_FORCE) {
        diag_help(diags, diag, "it is a promise as soon as that is `in-force` and signed");
    } else if (!agreement->is_signed) {
        help_to_sign(agreement, diag, diags);
    } else if (!is_today(world, agreement)) {
        diag_help(diags, diag, "its `valid` has other days: agree on a version for this one");
    } else {
        diag_help(diags, diag, "`%.*s` is not among those who signed it", SLICE_ARG(party));
    }
}

static void report_offer(const struct sla_world *world, const struct sla_document *offer,
                         const struct sla_clause *requirement, struct diag_list *diags)
{
    struct slice party = requirement->ref.party;
    struct diag *diag =
        diag_add(diags, DIAG_NOTE, SLA_CODE_ADVERTISED, offer->span,
                 "`%.*s` relies on offer `%.*s` of `%.*s`, which is no promise to it",
                 SLICE_ARG(party), SLICE_ARG(offer->name), SLICE_ARG(offer->party));

    diag_secondary(diags, diag, requirement->span, "holds by it, for example");
    help_to_agree(world, world->promises->about[offer->index], party, diag, diags);
}

/* Who it says has signed it may yet do so: no error, and no warning while that is on its way. */
static void report_unsigned(const struct sla_world *world, const struct sla_document *offer,
                            bool keys_known, struct diag_list *diags)
{
    const struct sla_agreement *agreement = world->promises->about[offer->index];
    bool waits =
        !keys_known ||
        (agreement != NULL && (nearness[agreement->state] == 1 || nearness[agreement->state] == 2));
    struct diag *diag =
        diag_add(diags, waits ? DIAG_NOTE : DIAG_WARNING, SLA_CODE_AGREED, offer->span,
                 "offer `%.*s` says that `%.*s` has signed it, and nothing here shows that",
                 SLICE_ARG(offer->name), SLICE_ARG(offer->party));

    diag_note(diags, diag, "until then what it says counts as claimed");
    if (agreement != NULL && !sla_agreement_is_over(agreement)) {
        help_to_agree(world, agreement, offer->party, diag, diags);
    } else {
        diag_help(diags, diag,
                  "an Agreement in force that pins it carries the signature of `%.*s`; until there "
                  "is one: `how: transcribed`",
                  SLICE_ARG(offer->party));
    }
}

static bool is_unsigned(const struct sla_world *world, const struct sla_document *document)
{
    return document->kind == SLA_PROVIDER_OFFER &&
           document->asserted_by.how == SLA_ASSERTED_SIGNED &&
           sla_offer_evidence(world, document) != SLA_ATTESTED;
}

void sla_report_promises(const struct sla_world *world, bool keys_known, struct diag_list *diags)
{
    for (size_t i = 0; i < world->document_count; i++) {
        if (is_unsigned(world, world->documents[i])) {
            report_unsigned(world, world->documents[i], keys_known, diags);
        }
        if (world->promises->relied[i] != NULL) {
            report_offer(world, world->documents[i], world->promises->relied[i], diags);
        }
    }
}
