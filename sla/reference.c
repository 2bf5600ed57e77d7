#include "sla/schema.h"
#include "sla/sla.h"

static void print_bits(struct buf *out, unsigned bits, size_t count, const char *(*name)(size_t))
{
    bool first = true;

    for (size_t i = 0; i < count; i++) {
        if ((bits & SLA_BIT(i)) != 0) {
            buf_printf(out, "%s`%s`", first ? "" : ", ", name(i));
            first = false;
        }
    }
}

static const char *name_of_op(size_t value)
{
    return sla_op_name((enum sla_op)value);
}

static const char *name_of_stance(size_t value)
{
    return sla_stance_name((enum sla_stance)value);
}

static const char *name_of_plane(size_t value)
{
    return plane_kind_name((enum plane_kind)value);
}

static const char *name_of_extra(size_t value)
{
    static const char *const names[] = { "window", "planned", "action", "when" };

    return names[value];
}

enum { EXTRAS = 4 };

static const char *const held_by[] = {
    [SLA_EFFECT_POLICY] = "policies on the action, enforced by plans and agents",
    [SLA_EFFECT_OBJECTIVE] = "an objective",
    [SLA_EFFECT_CHECK] = "a check when documents are compiled; no plane enforces it",
    [SLA_EFFECT_RECORD] = "a record: it is read and resolved, but nothing holds it yet",
};
static const char *const decided_by[] = {
    [SLA_DECIDE_NOTHING] = "not looked for",
    [SLA_DECIDE_MEET] = "when nothing is left that all clauses on a resource allow (RDN0502)",
    [SLA_DECIDE_BUDGET] =
        "when the best offer may spend more of a window than is allowed (RDN0503)",
    [SLA_DECIDE_MODALITY] = "when an act is both permitted or obliged, and forbidden (RDN0501)",
};

static void print_term(struct buf *out, const struct sla_term *term)
{
    buf_printf(out, "### `%s`\n\n%s\n\n", term->name, term->doc);
    buf_printf(out, "- value: %s\n- operators: ", term->value_doc);
    print_bits(out, term->ops, SLA_OPS, name_of_op);
    buf_add_cstr(out, "\n- stances: ");
    print_bits(out, term->stances, SLA_STANCES, name_of_stance);
    buf_add_cstr(out, "\n- planes: ");
    print_bits(out, term->planes, PLANE_KINDS, name_of_plane);
    if (term->extras != 0) {
        buf_add_cstr(out, "\n- further members: ");
        print_bits(out, term->extras, EXTRAS, name_of_extra);
    }
    if (term->needed != 0) {
        buf_add_cstr(out, "; needed: ");
        print_bits(out, term->needed, EXTRAS, name_of_extra);
    }
    buf_printf(out,
               "\n- becomes: %s\n- conflicts: %s\n- controls by default:", held_by[term->effect],
               decided_by[term->decision]);
    for (size_t i = 0; i < SLA_TERM_CONTROLS_MAX && term->controls[i] != NULL; i++) {
        buf_printf(out, "%s `%s`", i > 0 ? "," : "", term->controls[i]);
    }
    buf_printf(out, "\n- example: `{id: x, on: y, %s}`\n\n", term->example);
}

static void print_record(struct buf *out, const struct sla_record *record)
{
    buf_printf(out, "### `%s`\n\n%s\n\n", record->path, record->doc);
    buf_add_cstr(out, "| key | type | | meaning |\n|---|---|---|---|\n");
    for (size_t i = 0; i < record->count; i++) {
        const struct sla_field *field = &record->fields[i];
        if (field->key != NULL) {
            buf_printf(out, "| `%s` | %s | %s | %s |\n", field->key, sla_type_name(field->type),
                       field->required ? "required" : "", field->doc);
        }
    }
    buf_add_char(out, '\n');
}

void sla_print_reference(struct buf *out)
{
    size_t count = 0;
    const struct sla_term *terms = sla_terms(&count);

    buf_add_cstr(out, "## Terms\n\n");
    for (size_t i = 0; i < count; i++) {
        print_term(out, &terms[i]);
    }
    buf_add_cstr(out, "## Members\n\n");
    const struct sla_record *const *records = sla_records(&count);
    for (size_t i = 0; i < count; i++) {
        print_record(out, records[i]);
    }
}
