#include "sla/agree/signatures.h"

#include "base/date.h"
#include "sla/draft.h"
#include "sla/values/names.h"

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

/* What is shown not to be the party's is a lie wherever it stands; what cannot be told is wrong
 * only where something rests on it. */
static const bool is_false[SLA_SIGNATURE_VERDICTS] = {
    [SLA_SIGNATURE_OTHER_DAY] = true,
    [SLA_SIGNATURE_OTHER_TEXT] = true,
};

/* A world that was taken before stays one, whatever keys are trusted by now, but nothing counts as
 * signed by it. A day that is still to come makes nothing wrong: it only has not come. */
static bool is_refused(const struct draft *draft, const struct sla_agreement *agreement,
                       enum sla_signature_verdict verdict)
{
    bool renewed = draft->options.signing && agreement->state == SLA_AGREEMENT_NEGOTIATED;

    if (draft->options.stored || renewed || verdict == SLA_SIGNATURE_TO_COME) {
        return false;
    }
    return is_false[verdict] || agreement->state == SLA_AGREEMENT_IN_FORCE;
}

/* What is over is not signed again. */
static const char *const helps_over[SLA_SIGNATURE_VERDICTS] = {
    [SLA_SIGNATURE_STRANGER] = "if the key was the party's then, keep it among the trusted ones",
    [SLA_SIGNATURE_OTHER_DAY] = "put back the day of the signature, or the days of the key",
    [SLA_SIGNATURE_OTHER_TEXT] = "put back what was signed: what is over stays as it was",
    [SLA_SIGNATURE_OLD] = "nothing rests on it any more",
    [SLA_SIGNATURE_TO_COME] = "put back the day of the signature",
};

static const char *help_of(const struct sla_agreement *agreement,
                           enum sla_signature_verdict verdict)
{
    if (agreement->state == SLA_AGREEMENT_DRAFT && is_false[verdict]) {
        return "take it out: a draft may change, and is signed when it is `negotiated`";
    }
    return sla_agreement_is_over(agreement) ? helps_over[verdict] : helps[verdict];
}

static void report_verdict(struct draft *draft, const struct sla_agreement *agreement,
                           const struct sla_signature *signature)
{
    bool refused = is_refused(draft, agreement, signature->verdict);
    struct diag *diag =
        diag_add(draft->diags, refused ? DIAG_ERROR : DIAG_WARNING, SLA_CODE_AGREED,
                 signature->span, "the signature of `%.*s` does not hold: %s",
                 SLICE_ARG(signature->party), sla_signature_verdict_name(signature->verdict));

    if (signature->verdict == SLA_SIGNATURE_TO_COME) {
        char day[DATE_TEXT_MAX];
        date_format(draft->options.as_of_day, day);
        diag_note(draft->diags, diag, "the day that is asked of is %s", day);
    }
    diag_help(draft->diags, diag, "%s", help_of(agreement, signature->verdict));
    if (agreement->state == SLA_AGREEMENT_IN_FORCE && refused &&
        signature->verdict != SLA_SIGNATURE_STRANGER) {
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

/* Only what is in force rests on who has signed; a world that was taken before stays one. */
static enum diag_level level_of(const struct draft *draft, const struct sla_agreement *agreement)
{
    return agreement->state == SLA_AGREEMENT_IN_FORCE && !draft->options.stored ? DIAG_ERROR
                                                                                : DIAG_WARNING;
}

static void report_twice(struct draft *draft, const struct sla_agreement *agreement,
                         const struct sla_signature *signature)
{
    struct diag *diag =
        diag_add(draft->diags, level_of(draft, agreement), SLA_CODE_AGREED, signature->span,
                 "`%.*s` has signed twice", SLICE_ARG(signature->party));

    diag_help(draft->diags, diag, "keep the signature of the one who may sign for this party");
}

static void report_stranger(struct draft *draft, const struct sla_agreement *agreement,
                            const struct sla_signature *signature)
{
    struct diag *diag =
        diag_add(draft->diags, level_of(draft, agreement), SLA_CODE_AGREED, signature->span,
                 "`%.*s` has no document in this agreement", SLICE_ARG(signature->party));

    diag_help(draft->diags, diag,
              "take its signature out: only the parties of `documents` agree on them, and nothing "
              "is promised to others");
}

/* Who should sign and who did: places in the pins and in the signatures. */
struct parties {
    struct sla_names pinned, signers;
};

static struct parties parties_of(struct arena *scratch, const struct sla_agreement *agreement)
{
    struct parties out;

    sla_names_init(&out.pinned, scratch, agreement->pin_count);
    for (size_t i = 0; i < agreement->pin_count; i++) {
        sla_names_add(&out.pinned, agreement->pins[i].party, (uint32_t)i);
    }
    sla_names_sort(&out.pinned);
    sla_names_init(&out.signers, scratch, agreement->signature_count);
    for (size_t i = 0; i < agreement->signature_count; i++) {
        sla_names_add(&out.signers, agreement->signatures[i].party, (uint32_t)i);
    }
    sla_names_sort(&out.signers);
    return out;
}

static bool has_signed(const struct parties *parties, struct slice party)
{
    uint32_t first = 0;

    return sla_names_find(&parties->signers, party, &first);
}

bool sla_agreement_has_all_signatures(const struct sla_agreement *agreement)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    const struct parties parties = parties_of(&scratch, agreement);

    for (size_t i = 0; i < agreement->pin_count; i++) {
        if (!has_signed(&parties, agreement->pins[i].party)) {
            return false;
        }
    }
    return true;
}

/* Every party of the pins has signed. */
static bool check_signers(struct draft *draft, const struct sla_agreement *agreement,
                          const struct parties *parties)
{
    uint32_t first = 0;
    bool good = true;

    for (size_t i = 0; i < agreement->pin_count; i++) {
        struct slice party = agreement->pins[i].party;
        bool here = sla_names_find(&parties->pinned, party, &first) && first == i;
        if (here && !has_signed(parties, party)) {
            report_missing(draft, &agreement->pins[i]);
            good = false;
        }
    }
    return good;
}

/* One signature each. */
static bool check_once(struct draft *draft, const struct sla_agreement *agreement,
                       const struct parties *parties)
{
    uint32_t first = 0;
    bool good = true;

    for (size_t i = 0; i < agreement->signature_count; i++) {
        if (sla_names_find(&parties->signers, agreement->signatures[i].party, &first) &&
            first != i) {
            report_twice(draft, agreement, &agreement->signatures[i]);
            good = false;
        }
    }
    return good;
}

/* And nobody else: whoever signed would be promised what the offers say. */
static bool check_strangers(struct draft *draft, struct sla_agreement *agreement,
                            const struct parties *parties)
{
    uint32_t first = 0;
    bool good = true;

    for (size_t i = 0; i < agreement->signature_count; i++) {
        struct sla_signature *signature = &agreement->signatures[i];
        if (!sla_names_find(&parties->pinned, signature->party, &first)) {
            signature->verdict = SLA_SIGNATURE_NO_DOCUMENT;
            report_stranger(draft, agreement, signature);
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
    CLEANUP(arena_done) struct arena scratch = { 0 };
    const struct parties parties = parties_of(&scratch, agreement);
    bool in_force = agreement->state == SLA_AGREEMENT_IN_FORCE;
    bool good = in_force && check_signers(draft, agreement, &parties);

    good &= check_once(draft, agreement, &parties);
    good &= check_strangers(draft, agreement, &parties);
    if (known == NULL) {
        if (in_force || agreement->signature_count > 0) {
            report_unchecked(draft, agreement);
        }
        return;
    }
    for (size_t i = 0; i < agreement->signature_count; i++) {
        struct sla_signature *signature = &agreement->signatures[i];
        if (signature->verdict == SLA_SIGNATURE_NO_DOCUMENT) {
            continue;
        }
        signature->verdict = judge(draft, known, agreement, signature, agreed);
        if (signature->verdict != SLA_SIGNATURE_GOOD) {
            report_verdict(draft, agreement, signature);
            good = false;
        }
    }
    agreement->is_signed = good;
}
