#include "sla/read/check.h"
#include "sla/read/expression.h"

#include "sla/report.h"

/* A service is chosen by its name alone, and by who knows the U-Cloud. */
static bool check_service_target(const struct sla_reading *reading)
{
    static const enum field_of_target others[] = { TARGET_PLANE, TARGET_LAYER, TARGET_SELECT };
    struct diag_list *diags = reading->draft->diags;
    bool good = true;

    if (reading->document->document.kind == SLA_PROVIDER_OFFER) {
        struct diag *diag =
            diag_add(diags, DIAG_ERROR, SLA_CODE_MEMBER_OF_TERM,
                     sla_reading_span(reading, TARGET_SERVICE), "an offer knows no services");
        diag_help(diags, diag, "an offer speaks of resources: use `plane`, `layer` and `select`");
        good = false;
    }
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        const struct yaml_node *node = reading->nodes[others[i]];
        if (node != NULL) {
            struct diag *diag =
                diag_add(diags, DIAG_ERROR, SLA_CODE_MEMBER_OF_TERM, yaml_key_span(node),
                         "`%.*s` means nothing beside `service`", SLICE_ARG(node->key));
            diag_help(diags, diag, "a target is a service, or it selects resources");
            good = false;
        }
    }
    return good;
}

void sla_check_target(struct sla_reading *reading, void *filled)
{
    struct draft_target *out = filled;

    out->span = sla_reading_span(reading, TARGET_ID);
    out->service_span = sla_reading_span(reading, TARGET_SERVICE);
    if (sla_reading_has(reading, TARGET_SERVICE)) {
        reading->good &= check_service_target(reading);
    }
    out->has_plane = sla_reading_filled(reading, TARGET_PLANE);
    out->has_layer = sla_reading_filled(reading, TARGET_LAYER);
    if (sla_reading_filled(reading, TARGET_SELECT)) {
        reading->good &= sla_read_expressions(reading, out);
    }
    out->broken = !reading->good;
}

/* Its members are of one kind. */
static bool check_members(const struct sla_reading *reading, struct draft_set *set)
{
    static const enum field_of_set members[SLA_SET_KINDS] = { [SLA_SET_ADDRESSES] = SET_ADDRESSES,
                                                              [SLA_SET_COUNTRIES] = SET_COUNTRIES,
                                                              [SLA_SET_SEVERITIES] =
                                                                  SET_SEVERITIES };
    struct diag_list *diags = reading->draft->diags;
    size_t found = 0;

    for (unsigned kind = 0; kind < SLA_SET_KINDS; kind++) {
        if (sla_reading_has(reading, members[kind])) {
            set->kind = (enum sla_set_kind)kind;
            found++;
        }
    }
    set->has_kind = found == 1;
    if (found == 1) {
        return true;
    }
    struct diag *diag =
        diag_add(diags, DIAG_ERROR, found == 0 ? SLA_CODE_MISSING_KEY : SLA_CODE_MEMBER_OF_TERM,
                 yaml_span(reading->mapping), "%s",
                 found == 0 ? "a set needs members" : "a set has members of one kind only");
    diag_help(diags, diag, "write one of `addresses`, `countries` and `severities`");
    return false;
}

void sla_check_set(struct sla_reading *reading, void *filled)
{
    struct draft_set *out = filled;

    out->span = sla_reading_span(reading, SET_ID);
    reading->good &= check_members(reading, out);
    if (!sla_reading_filled(reading, SET_FROM)) {
        out->from_day = INT32_MIN;
    }
    out->broken = !reading->good;
}

/* Party, role and place; the clause's own id when it has one. */
static struct clause_ref ref_of(const struct draft_document *document, struct slice clause,
                                struct diag_span span)
{
    const struct sla_document *from = &document->document;

    return (struct clause_ref){
        .party = from->party,
        .role = from->role,
        .document = from->name,
        .clause = clause,
        .file = slice_from(from->source->name),
        .line = span.line,
    };
}

void sla_check_protected(struct sla_reading *reading, void *filled)
{
    struct draft_protected *out = filled;

    out->asset.clause = ref_of(reading->document, SLICE("protected"), yaml_span(reading->mapping));
}

void sla_check_tier(struct sla_reading *reading, void *filled)
{
    struct draft_tier *out = filled;

    out->tier.span = sla_reading_span(reading, TIER_ID);
    out->broken = !reading->good;
}
