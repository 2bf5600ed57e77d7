#include "sla/read/check.h"
#include "sla/read/field_types.h"
#include "sla/report.h"

#include "base/parse.h"

/* --- types ----------------------------------------------------------------------------------- */

static bool is_lower(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] >= 'A' && text.ptr[i] <= 'F') {
            return false;
        }
    }
    return true;
}

static struct status read_hex(struct slice text, uint8_t *out, size_t out_bytes)
{
    if (!is_lower(text)) {
        return status_error(STATUS_INVALID, "hex digits are written in lower case");
    }
    return parse_hex(text, out, out_bytes);
}

bool sla_read_digest(struct sla_reading *reading, const struct sla_field *field,
                     const struct yaml_node *node, void *filled)
{
    struct sha256 *out = sla_field_place(filled, field->offset);
    struct slice prefix = SLICE("sha256:");
    struct status status =
        slice_starts(node->text, prefix)
            ? read_hex(slice_sub(node->text, prefix.len, node->text.len), out->bytes, SHA256_BYTES)
            : status_error(STATUS_INVALID, "a digest begins with `sha256:`");

    if (!status_ok(&status)) {
        struct diag *diag = sla_report_value(reading->draft, SLA_CODE_QUANTITY, yaml_span(node),
                                             field->what, &status);
        diag_help(reading->draft->diags, diag, "write `sha256:` and 64 hex digits");
    }
    return status_ok(&status);
}

bool sla_read_signature(struct sla_reading *reading, const struct sla_field *field,
                        const struct yaml_node *node, void *filled)
{
    struct ed25519_signature *out = sla_field_place(filled, field->offset);
    struct status status = read_hex(node->text, out->bytes, ED25519_SIG_BYTES);

    if (!status_ok(&status)) {
        struct diag *diag = sla_report_value(reading->draft, SLA_CODE_QUANTITY, yaml_span(node),
                                             field->what, &status);
        diag_help(reading->draft->diags, diag, "write 128 hex digits");
    }
    return status_ok(&status);
}

/* --- checks ---------------------------------------------------------------------------------- */

void sla_check_period(struct sla_reading *reading, void *filled)
{
    struct sla_period *period = filled;
    struct diag_list *diags = reading->draft->diags;

    if (!sla_reading_has(reading, PERIOD_FROM)) {
        period->from_day = INT32_MIN;
    }
    if (!sla_reading_has(reading, PERIOD_UNTIL)) {
        period->until_day = INT32_MAX;
    }
    if (reading->mapping->kind == YAML_MAPPING && reading->mapping->count == 0) {
        struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_EMPTY, yaml_span(reading->mapping),
                                     "the validity names no day");
        diag_help(diags, diag, "leave `valid` out of what holds on all days");
        reading->good = false;
    }
    if (reading->good && period->until_day <= period->from_day) {
        struct diag *diag =
            diag_add(diags, DIAG_ERROR, SLA_CODE_VALIDITY, sla_reading_span(reading, PERIOD_UNTIL),
                     "the validity ends before it begins");
        diag_secondary(diags, diag, sla_reading_span(reading, PERIOD_FROM), "begins here");
        diag_help(diags, diag, "`until` is the first day on which it no longer holds");
        reading->good = false;
    }
}

void sla_check_pin(struct sla_reading *reading, void *filled)
{
    struct sla_pin *pin = filled;

    pin->node = reading->mapping;
    pin->span = sla_reading_span(reading, PIN_NAME);
    pin->has_digest = sla_reading_has(reading, PIN_DIGEST);
    pin->digest_span = sla_reading_span(reading, PIN_DIGEST);
    if (!sla_reading_has(reading, PIN_VERSION)) {
        pin->version = 1;
    }
}

void sla_check_replaces(struct sla_reading *reading, void *filled)
{
    struct sla_replaces *replaces = filled;

    replaces->node = reading->mapping;
    replaces->span = sla_reading_span(reading, REPLACES_VERSION);
    replaces->has_digest = sla_reading_has(reading, REPLACES_DIGEST);
    replaces->digest_span = sla_reading_span(reading, REPLACES_DIGEST);
}

void sla_check_signature(struct sla_reading *reading, void *filled)
{
    struct sla_signature *signature = filled;

    signature->node = reading->mapping;
    signature->span = sla_reading_span(reading, SIGNATURE_PARTY);
}

void sla_check_agreement(struct sla_reading *reading, void *filled)
{
    struct sla_agreement *agreement = filled;

    agreement->state_span = sla_reading_span(reading, AGREEMENT_STATE);
    agreement->has_valid = sla_reading_has(reading, AGREEMENT_VALID);
    agreement->has_ended = sla_reading_has(reading, AGREEMENT_ENDED);
    reading->document->broken |= !reading->good;
}
