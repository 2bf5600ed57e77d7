#include "sla/read/field_types.h"

#include "sla/read/index.h"
#include "sla/report.h"
#include "sla/words/form.h"

/* Labels of resources, and selectors, which are mostly labels. */

/* --- keys and values -------------------------------------------------------------------------- */

/* An earlier release took any text. */
static bool report_text(struct draft *draft, struct diag_span span, struct slice text,
                        const char *what, const struct status *status)
{
    bool stored = draft->options.stored;
    struct diag *diag = diag_add(draft->diags, stored ? DIAG_WARNING : DIAG_ERROR, SLA_CODE_NAME,
                                 span, "`%.*s` cannot be the %s of a label", SLICE_ARG(text), what);

    diag_label(draft->diags, diag, "%s", status->msg);
    diag_help(draft->diags, diag,
              "keys are `[prefix/]name`, values a name or empty: for example "
              "`example.org/stage: trial-2`");
    return stored;
}

bool sla_label_key_fits(struct draft *draft, struct diag_span span, struct slice key)
{
    struct status status = sla_check_label_key(key);

    return status_ok(&status) || report_text(draft, span, key, "key", &status);
}

bool sla_label_value_fits(struct draft *draft, struct diag_span span, struct slice value)
{
    struct status status = sla_check_label_value(value);

    return status_ok(&status) || report_text(draft, span, value, "value", &status);
}

/* --- of resources ----------------------------------------------------------------------------- */

static bool read_label(struct draft *draft, const struct yaml_node *label)
{
    bool reserved = sla_is_property(label->key);

    if (reserved || label->kind != YAML_SCALAR) {
        struct diag *diag =
            diag_add(draft->diags, DIAG_ERROR, reserved ? SLA_CODE_NAME : SLA_CODE_SHAPE,
                     reserved ? yaml_key_span(label) : yaml_span(label), "`%.*s` cannot be a label",
                     SLICE_ARG(label->key));
        diag_help(draft->diags, diag, "%s",
                  reserved ? "selectors use this name for a property: choose another"
                           : "a label has one value");
        return false;
    }
    return sla_label_key_fits(draft, yaml_key_span(label), label->key) &&
           sla_label_value_fits(draft, yaml_span(label), label->text);
}

bool sla_read_labels(struct sla_reading *reading, const struct sla_field *field,
                     const struct yaml_node *node, void *filled)
{
    bool good = sla_read_node(reading, field, node, filled);

    for (const struct yaml_node *at = node->first; at != NULL && !sla_is_full(reading->draft, at);
         at = at->next) {
        good &= read_label(reading->draft, at);
    }
    return good;
}

/* --- of selectors ----------------------------------------------------------------------------- */

/* An earlier release took it for everything. */
static void report_empty_select(struct draft *draft, const struct yaml_node *select)
{
    enum diag_level level = draft->options.stored ? DIAG_WARNING : DIAG_ERROR;
    struct diag *diag =
        diag_add(draft->diags, level, SLA_CODE_EMPTY, yaml_span(select), "`select` is empty");

    diag_label(draft->diags, diag, "this selects everything");
    diag_help(draft->diags, diag, "leave `select` out to mean all, or say what must fit");
}

/* The members of `matchLabels` as members of `select`, in the style of that. */
static struct slice written_out(struct draft *draft, const struct yaml_node *select,
                                const struct yaml_node *labels)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct slice source = select->source->text;
    bool is_flow = source.ptr[select->byte] == '{';
    size_t indent = diag_span_start(yaml_key_span(labels)).col - 1;

    for (const struct yaml_node *at = labels->first; at != NULL; at = at->next) {
        if (at != labels->first && is_flow) {
            buf_add_cstr(&text, ", ");
        } else if (at != labels->first) {
            buf_printf(&text, "\n%*s", (int)indent, "");
        }
        struct slice member = slice_trim(slice_sub(source, at->key_byte, at->byte_last));
        buf_printf(&text, "%.*s", SLICE_ARG(member));
    }
    return arena_copy(draft->arena, buf_slice(&text));
}

static void report_match_labels(struct draft *draft, const struct yaml_node *select,
                                const struct yaml_node *labels)
{
    struct diag_span span = yaml_key_span(labels);
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_UNKNOWN_KEY, span,
                                 "`matchLabels` is not a key of `select`");

    diag_help(draft->diags, diag,
              "write its members here: labels and properties stand side by side");
    if (labels->first != NULL) {
        span.byte_end = labels->byte_last;
        (void)diag_fix(draft->diags, diag, true, span, written_out(draft, select, labels),
                       "write its members here");
    }
}

bool sla_read_select(struct sla_reading *reading, const struct sla_field *field,
                     const struct yaml_node *node, void *filled)
{
    struct diag_list *diags = reading->draft->diags;
    bool good = sla_read_node(reading, field, node, filled);

    if (node->first == NULL) {
        report_empty_select(reading->draft, node);
        good = reading->draft->options.stored;
    }
    for (const struct yaml_node *at = node->first; at != NULL; at = at->next) {
        if (slice_is(at->key, "matchExpressions") && at->kind == YAML_SEQUENCE) {
            continue; /* read by the check of the target */
        }
        if (slice_is(at->key, "matchLabels") && at->kind == YAML_MAPPING) {
            report_match_labels(reading->draft, node, at);
            good = false;
        } else if (at->kind != YAML_SCALAR) {
            struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_SHAPE, yaml_span(at),
                                         "`%.*s` is not one value", SLICE_ARG(at->key));
            diag_help(diags, diag, "write one value a key: all of them must fit");
            good = false;
        } else if (!sla_is_property(at->key)) {
            good &= sla_label_key_fits(reading->draft, yaml_key_span(at), at->key) &&
                    sla_label_value_fits(reading->draft, yaml_span(at), at->text);
        }
    }
    return good;
}
