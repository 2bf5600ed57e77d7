#include "sla/read/schema.h"
#include "sla/sla.h"
#include "sla/words/glossary.h"

enum { WHENS = 6 };

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
    return value < PLANE_KINDS ? plane_kind_name((enum plane_kind)value) : "service";
}

static const char *name_of_when(size_t value)
{
    static const char *const names[] = {
        "severity", "phase", "class", "time", "location", "purpose"
    };

    return names[value];
}

static const char *const held_by[] = {
    [SLA_BECOMES_POLICY] = "policies on the action, enforced by plans and agents",
    [SLA_BECOMES_OBJECTIVE] = "an objective",
    [SLA_BECOMES_CHECK] = "a check when documents are compiled; no plane enforces it",
    [SLA_BECOMES_DESIRED] = "a part of how the planes shall look",
    [SLA_BECOMES_ASSUMPTION] = "an assumption, with its owner",
    [SLA_BECOMES_RECORD] = "a record: it is read and resolved, but nothing holds it yet",
};
static const char *const chosen_by[] = {
    [SLA_OURS] =
        "as long as an offer leaves something that all clauses on a resource allow (else RDN0502)",
    [SLA_THEIRS] = "when an offer implies it; the provider may do anything within its offer",
    [SLA_BUDGET] =
        "when the worst that the best offer may spend of a window is allowed (else RDN0503)",
    [SLA_BUILT] = "when an offer implies it, or by what we do ourselves",
    [SLA_RULE] = "unless an act is both permitted or obliged, and forbidden (then RDN0501)",
    [SLA_GIVEN] = "by itself: it makes others hold",
};

static bool is_sought(const struct sla_term *term)
{
    return term->becomes != SLA_BECOMES_RECORD &&
           !(term->becomes == SLA_BECOMES_DESIRED && term->chooser == SLA_RULE);
}

void sla_print_term(const struct sla_term *term, const char *heading, struct buf *out)
{
    const char *holds = is_sought(term) ? chosen_by[term->chooser] : "not looked for";

    buf_printf(out, "%s `%s`\n\n%s\n\n", heading, term->name, term->doc);
    buf_printf(out, "- value: %s\n- operators: ", term->value_doc);
    print_bits(out, term->ops, SLA_OPS, name_of_op);
    if (term->stances != 0) {
        buf_add_cstr(out, "\n- stances: ");
        print_bits(out, term->stances, SLA_STANCES, name_of_stance);
    }
    buf_add_cstr(out, "\n- planes: ");
    print_bits(out, term->planes, PLANE_KINDS + 1, name_of_plane);
    if (term->extras != 0) {
        buf_add_cstr(out, "\n- further members: ");
        print_bits(out, term->extras, SLA_EXTRAS, sla_extra_key);
    }
    if (term->needed != 0) {
        buf_add_cstr(out, "; needed: ");
        print_bits(out, term->needed, SLA_EXTRAS, sla_extra_key);
    }
    if (term->when != 0) {
        buf_add_cstr(out, "\n- `when` may name: ");
        print_bits(out, term->when, WHENS, name_of_when);
    }
    buf_printf(out, "\n- becomes: %s\n- holds: %s\n- controls by default:", held_by[term->becomes],
               holds);
    for (size_t i = 0; i < SLA_TERM_CONTROLS_MAX && term->controls[i] != NULL; i++) {
        buf_printf(out, "%s `%s`", i > 0 ? "," : "", term->controls[i]);
    }
    for (size_t i = 0; i < SLA_TERM_CALLED_MAX && term->called[i] != NULL; i++) {
        buf_printf(out, "%s%s", i > 0 ? ", " : "\n- also called: ", term->called[i]);
    }
    buf_printf(out, "\n- example%s: `{id: x, on: web, %s}`\n",
               term->becomes == SLA_BECOMES_ASSUMPTION ? " (in `assumptions`)" : "", term->example);
}

static void print_record(struct buf *out, const struct sla_record *record)
{
    buf_printf(out, "### `%s`\n\n%s\n\n", record->path, record->doc);
    buf_add_cstr(out, "| key | type | | meaning |\n|---|---|---|---|\n");
    for (size_t i = 0; i < record->count; i++) {
        const struct sla_field *field = &record->fields[i];
        if (field->key != NULL && !field->is_older) {
            buf_printf(out, "| `%s` | %s | %s | %s |\n", field->key, sla_type_name(field->type),
                       field->required ? "required" : "", field->doc);
        }
    }
    buf_add_char(out, '\n');
}

static void print_glossaries(struct buf *out)
{
    size_t count = 0;
    const struct sla_glossary *glossaries = sla_glossaries(&count);

    buf_add_cstr(out, "## Words\n\n");
    for (size_t i = 0; i < count; i++) {
        buf_printf(out, "### %s\n\n%s\n\n| word | meaning |\n|---|---|\n", glossaries[i].title,
                   glossaries[i].doc);
        for (size_t j = 0; j < glossaries[i].count; j++) {
            struct sla_gloss gloss = sla_gloss_at(&glossaries[i], j);
            buf_printf(out, "| `%s` | %s |\n", gloss.word, gloss.doc);
        }
        buf_add_char(out, '\n');
    }
}

void sla_print_reference(struct buf *out)
{
    size_t count = 0;
    const struct sla_term_group *const *groups = sla_term_groups(&count);

    buf_add_cstr(out, "## Terms\n\n");
    for (size_t i = 0; i < count; i++) {
        buf_printf(out, "### %s\n\n", groups[i]->title);
        for (size_t j = 0; j < groups[i]->count; j++) {
            sla_print_term(&groups[i]->terms[j], "####", out);
            buf_add_char(out, '\n');
        }
    }
    print_glossaries(out);
    buf_add_cstr(out, "## Members\n\n");
    const struct sla_record *const *records = sla_records(&count);
    for (size_t i = 0; i < count; i++) {
        print_record(out, records[i]);
    }
}
