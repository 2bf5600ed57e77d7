#include "sla/agree/sign.h"

#include "base/date.h"
#include "sla/agree/keys.h"
#include "sla/edit/edit.h"

const struct sla_signature *sla_agreement_signature(const struct sla_agreement *agreement,
                                                    struct slice party)
{
    for (size_t i = 0; i < agreement->signature_count; i++) {
        if (slice_eq(agreement->signatures[i].party, party)) {
            return &agreement->signatures[i];
        }
    }
    return NULL;
}

bool sla_agreement_has_party(const struct sla_agreement *agreement, struct slice party)
{
    for (size_t i = 0; i < agreement->pin_count; i++) {
        if (slice_eq(agreement->pins[i].party, party)) {
            return true;
        }
    }
    return false;
}

static bool pins_fit(const struct sla_agreement *agreement)
{
    for (size_t i = 0; i < agreement->pin_count; i++) {
        const struct sla_pin *pin = &agreement->pins[i];
        if (pin->document == NULL || !pin->has_digest ||
            !sha256_eq(&pin->digest, &pin->document->digest)) {
            return false;
        }
    }
    return true;
}

static struct slice hex_text(struct arena *arena, const char *prefix, const uint8_t *bytes,
                             size_t count)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    buf_printf(&text, "\"%s", prefix);
    for (size_t i = 0; i < count; i++) {
        buf_printf(&text, "%02x", bytes[i]);
    }
    buf_add_char(&text, '"');
    return arena_copy(arena, buf_slice(&text));
}

enum { RECORD_PARTY, RECORD_BY, RECORD_AT, RECORD_KEY, RECORD_SIGNATURE, RECORD_MEMBERS };

static void write_record(struct arena *arena, const struct sla_signing *signing,
                         const struct sha256 *key, const struct ed25519_signature *signature,
                         struct sla_written_member out[RECORD_MEMBERS])
{
    char day[DATE_TEXT_MAX];

    date_format(signing->at_day, day);
    out[RECORD_PARTY] = (struct sla_written_member){ "party", signing->party };
    out[RECORD_BY] = (struct sla_written_member){ "by", signing->by };
    out[RECORD_AT] = (struct sla_written_member){ "at", arena_copy(arena, slice_from(day)) };
    out[RECORD_KEY] = (struct sla_written_member){ "key", hex_text(arena, "sha256:", key->bytes,
                                                                   sizeof(key->bytes)) };
    out[RECORD_SIGNATURE] =
        (struct sla_written_member){ "signature", hex_text(arena, "", signature->bytes,
                                                           sizeof(signature->bytes)) };
}

/* Party and key stay as they are. */
static struct diag_edit *replace_record(struct arena *arena, const struct yaml_node *node,
                                        const struct sla_written_member members[RECORD_MEMBERS])
{
    static const unsigned changed[] = { RECORD_BY, RECORD_AT, RECORD_SIGNATURE };
    struct diag_edit *edits = NULL;

    for (size_t i = COUNT_OF(changed); i-- > 0;) {
        const struct sla_written_member *member = &members[changed[i]];
        struct diag_edit *edit = sla_edit_member(arena, node, member->key, member->value);
        edit->next = edits;
        edits = edit;
    }
    return edits;
}

/* With this key, by whom and on the day it says. */
static bool holds(const struct sla_agreement *agreement, const struct sla_signature *signature,
                  const struct ed25519_public *key)
{
    CLEANUP(buf_done) struct buf bytes = { 0 };

    sla_signature_bytes(&agreement->signed_digest, signature, &bytes);
    return signature->verdict != SLA_SIGNATURE_OTHER_DAY &&
           ed25519_verify(key, buf_slice(&bytes), &signature->signature);
}

static enum sla_sign_outcome write_signature(struct arena *arena, const struct sla_signing *signing,
                                             struct diag_edit **out)
{
    CLEANUP(buf_done) struct buf bytes = { 0 };
    const struct sla_agreement *agreement = signing->agreement;
    const struct sla_signature *before = sla_agreement_signature(agreement, signing->party);
    const struct sla_signature made = { .party = signing->party,
                                        .by = signing->by,
                                        .at_day = signing->at_day };
    struct ed25519_public public_key = ed25519_public_of(signing->secret);
    struct sha256 key = sla_key_id(&public_key);
    struct sla_written_member members[RECORD_MEMBERS];

    if (before != NULL && !sha256_eq(&before->key, &key)) {
        return SLA_SIGN_OTHER_KEY;
    }
    if (before != NULL && holds(agreement, before, &public_key)) {
        return SLA_SIGNED_ALREADY;
    }
    sla_signature_bytes(&agreement->signed_digest, &made, &bytes);
    struct ed25519_signature signature = ed25519_sign(signing->secret, buf_slice(&bytes));
    write_record(arena, signing, &key, &signature, members);
    *out = before != NULL ? replace_record(arena, before->node, members)
                          : sla_edit_append(arena, yaml_get(agreement->document->root, "spec"),
                                            "signatures", members, COUNT_OF(members));
    return SLA_SIGNED;
}

enum sla_sign_outcome sla_agreement_sign(struct arena *arena, const struct sla_signing *signing,
                                         struct diag_edit **out)
{
    const struct sla_agreement *agreement = signing->agreement;

    *out = NULL;
    if (!sla_agreement_has_party(agreement, signing->party)) {
        return SLA_SIGN_STRANGER;
    }
    if (agreement->state == SLA_AGREEMENT_DRAFT) {
        return SLA_SIGN_STATE;
    }
    if (!pins_fit(agreement)) {
        return SLA_SIGN_PINS;
    }
    enum sla_sign_outcome outcome = write_signature(arena, signing, out);
    if (outcome == SLA_SIGNED && agreement->state != SLA_AGREEMENT_NEGOTIATED) {
        *out = NULL;
        return SLA_SIGN_STATE;
    }
    return outcome;
}
