#include "sla/read/check.h"
#include "sla/read/field_types.h"

/* `needs: [{atLeast: 1, of: [...]}, db]`: a part of parts is a service of its own. */
static void help_part(struct diag_list *diags, struct diag *diag, const struct sla_field *field,
                      const struct yaml_node *part)
{
    const struct yaml_node *least = yaml_get(part, "atLeast");

    if (part->kind != YAML_MAPPING || least == NULL || least->kind != YAML_SCALAR) {
        diag_help(diags, diag, "%s: %s", field->key, field->doc);
        return;
    }
    diag_help(
        diags, diag,
        "make a service of it, `{id: NAME, needs: {atLeast: %.*s, of: [...]}}`, and need `NAME`",
        SLICE_ARG(least->text));
}

bool sla_read_needs(struct sla_reading *reading, const struct sla_field *field,
                    const struct yaml_node *node, void *filled)
{
    struct diag_list *diags = reading->draft->diags;
    struct draft_needs *out = sla_field_place(filled, field->offset);

    if (node->kind == YAML_MAPPING) {
        return sla_record_fill(reading->draft, reading->document, field->of.record, node, out);
    }
    for (const struct yaml_node *at = sla_texts_first(node); at != NULL;
         at = sla_texts_next(node, at)) {
        if (at->kind != YAML_SCALAR) {
            struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_SHAPE, yaml_span(at),
                                         "a part is not one name");
            help_part(diags, diag, field, at);
            return false;
        }
    }
    out->of = node;
    return true;
}

static bool check_needs(const struct sla_reading *reading, const struct draft_needs *needs)
{
    struct diag_list *diags = reading->draft->diags;
    size_t count = sla_texts_count(needs->of);
    struct diag *diag = NULL;

    if (count == 0) {
        diag = diag_add(diags, DIAG_ERROR, SLA_CODE_EMPTY, yaml_span(needs->of),
                        "a service without parts");
        diag_help(diags, diag, "name a resource, a unit or another service");
        return false;
    }
    if (count > SLA_SERVICE_PARTS_MAX) {
        diag = diag_add(diags, DIAG_ERROR, SLA_CODE_LIMIT, yaml_span(needs->of),
                        "a service of %zu parts", count);
        diag_help(diags, diag, "at most %d: put some of them into a service of their own",
                  SLA_SERVICE_PARTS_MAX);
        return false;
    }
    if (needs->at_least <= count) {
        return true;
    }
    diag = diag_add(diags, DIAG_ERROR, SLA_CODE_QUANTITY, sla_reading_span(reading, SERVICE_NEEDS),
                    "needs %u of %zu parts", needs->at_least, count);
    diag_help(diags, diag, "atLeast: at most the number of parts");
    return false;
}

void sla_check_service(struct sla_reading *reading, void *filled)
{
    struct draft_service *out = filled;

    out->service.span = sla_reading_span(reading, SERVICE_ID);
    out->service.ucloud = reading->document->document.ucloud;
    if (sla_reading_filled(reading, SERVICE_NEEDS)) {
        reading->good &= check_needs(reading, &out->needs);
    }
    out->broken = !reading->good;
}
