#include "sla/signatures.h"

#include "base/date.h"
#include "sla/draft.h"
#include "sla/names.h"

/* --- one signature --------------------------------------------------------------------------- */

/* Over what was agreed on alone, without who signed and when. */
static bool is_old(const struct sla_key *key, const struct sla_signature *signature,
                   struct slice agreed)
{
    return ed25519_verify(&key->key, agreed, &signature->signature);
}

static enum sla_signature_verdict judge(const struct draft *draft,
                                        const struct sla_known_keys *known,
                                        const struct sla_agreement *agreement,
                                        const struct sla_signature *signature, struct slice agreed)
{
    CLEANUP(buf_done) struct buf bytes = { 0 };
    enum sla_signature_verdict verdict = SLA_SIGNATURE_STRANGER;
    size_t count = 0;
    const struct sla_known_key *found = sla_keys_find(known, &signature->key, &count);

    sla_signature_bytes(&agreement->signed_digest, signature, &bytes);
    for (size_t i = 0; i < count; i++) {
        const struct sla_key *key = found[i].key;
        if (!slice_eq(key->party, signature->party)) {
            continue;
        }
        if (signature->at_day < key->from_day || signature->at_day >= key->until_day) {
            verdict = SLA_SIGNATURE_OTHER_DAY;
            continue;
        }
        if (!ed25519_verify(&key->key, buf_slice(&bytes), &signature->signature)) {
            return is_old(key, signature, agreed) ? SLA_SIGNATURE_OLD : SLA_SIGNATURE_OTHER_TEXT;
        }
        return draft->options.has_day && signature->at_day > draft->options.as_of_day
                   ? SLA_SIGNATURE_TO_COME
                   : SLA_SIGNATURE_GOOD;
    }
    return verdict;
}

static const char *const helps[SLA_SIGNATURE_VERDICTS] = {
    [SLA_SIGNATURE_STRANGER] = "if the key is the party's, add it to those that `--keys` or "
                               "`party_keys` names",
    [SLA_SIGNATURE_OTHER_DAY] = "sign again, on a day on which the key is the party's",
    [SLA_SIGNATURE_OTHER_TEXT] = "put back what was signed, or sign again what is agreed on now",
    [SLA_SIGNATURE_OLD] = "sign again",
    [SLA_SIGNATURE_TO_COME] = "it counts from that day on: a signature is of the day on which it "
                              "is made",
};

/* Before it is in force a signature that no longer holds can be made again; a world that was taken
 * before stays one, whatever keys are trusted by now, but nothing counts as signed by it. A day
 * that is still to come makes nothing wrong: it only has not come. */
static void report_verdict(struct draft *draft, const struct sla_agreement *agreement,
                           const struct sla_signature *signature)
{
    bool refused = agreement->state == SLA_AGREEMENT_IN_FORCE && !draft->options.stored &&
                   signature->verdict != SLA_SIGNATURE_TO_COME;
    struct diag *diag =
        diag_add(draft->diags, refused ? DIAG_ERROR : DIAG_WARNING, SLA_CODE_AGREED,
                 signature->span, "the signature of `%.*s` does not hold: %s",
                 SLICE_ARG(signature->party), sla_signature_verdict_name(signature->verdict));

    if (signature->verdict == SLA_SIGNATURE_TO_COME) {
        char day[DATE_TEXT_MAX];
        date_format(draft->options.as_of_day, day);
        diag_note(draft->diags, diag, "the day that is asked of is %s", day);
    }
    diag_help(draft->diags, diag, "%s", helps[signature->verdict]);
    if (refused && signature->verdict != SLA_SIGNATURE_STRANGER) {
        diag_note(draft->diags, diag, "an agreement is signed while it is `negotiated`");
    }
}

/* --- all that there should be ---------------------------------------------------------------- */

static void report_missing(struct draft *draft, const struct sla_pin *pin)
{
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_AGREED, pin->span,
                                 "`%.*s` has not signed", SLICE_ARG(pin->party));

    diag_help(draft->diags, diag,
              "an agreement in force has one signature of every party of its documents: while it "
              "is `negotiated`, `redan sla sign` writes them");
}

static void report_twice(struct draft *draft, const struct sla_signature *signature)
{
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_AGREED, signature->span,
                                 "`%.*s` has signed twice", SLICE_ARG(signature->party));

    diag_help(draft->diags, diag, "keep the signature of the one who may sign for this party");
}

/* Every party of the pins has signed; one signature each. */
static bool check_signers(struct draft *draft, const struct sla_agreement *agreement)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    struct sla_names pinned;
    struct sla_names signers;
    uint32_t first = 0;
    bool good = true;

    sla_names_init(&pinned, &scratch, agreement->pin_count);
    for (size_t i = 0; i < agreement->pin_count; i++) {
        sla_names_add(&pinned, agreement->pins[i].party, (uint32_t)i);
    }
    sla_names_sort(&pinned);
    sla_names_init(&signers, &scratch, agreement->signature_count);
    for (size_t i = 0; i < agreement->signature_count; i++) {
        sla_names_add(&signers, agreement->signatures[i].party, (uint32_t)i);
    }
    sla_names_sort(&signers);
    for (size_t i = 0; i < agreement->pin_count; i++) {
        struct slice party = agreement->pins[i].party;
        bool here = sla_names_find(&pinned, party, &first) && first == i;
        if (here && !sla_names_find(&signers, party, &first)) {
            report_missing(draft, &agreement->pins[i]);
            good = false;
        }
    }
    for (size_t i = 0; i < agreement->signature_count; i++) {
        if (sla_names_find(&signers, agreement->signatures[i].party, &first) && first != i) {
            report_twice(draft, &agreement->signatures[i]);
            good = false;
        }
    }
    return good;
}

static void report_unchecked(struct draft *draft, const struct sla_agreement *agreement)
{
    struct diag *diag = diag_add(draft->diags, DIAG_NOTE, SLA_CODE_AGREED, agreement->state_span,
                                 "signatures not checked");

    diag_help(draft->diags, diag,
              "nothing counts as signed until the keys of the parties are named: `--keys`, or "
              "`party_keys` of redand");
}

void sla_check_signatures(struct draft *draft, const struct sla_known_keys *known,
                          struct sla_agreement *agreement, struct slice agreed)
{
    bool in_force = agreement->state == SLA_AGREEMENT_IN_FORCE;
    bool good = in_force && check_signers(draft, agreement);

    if (known == NULL) {
        if (in_force) {
            report_unchecked(draft, agreement);
        }
        return;
    }
    for (size_t i = 0; i < agreement->signature_count; i++) {
        struct sla_signature *signature = &agreement->signatures[i];
        signature->verdict = judge(draft, known, agreement, signature, agreed);
        if (signature->verdict != SLA_SIGNATURE_GOOD) {
            report_verdict(draft, agreement, signature);
            good = false;
        }
    }
    agreement->is_signed = good;
}
