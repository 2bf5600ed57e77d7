#include "sla/read/field_types.h"

#include "base/yaml_plain.h"

static void note_reading(struct draft *draft, const struct yaml_node *node, enum yaml_plain reading)
{
    struct diag *diag = diag_add(draft->diags, DIAG_WARNING, SLA_CODE_READERS, yaml_span(node),
                                 "other readers of YAML take `%.*s` for %s", SLICE_ARG(node->text),
                                 yaml_plain_name(reading));
    struct slice quoted = arena_printf(draft->arena, "\"%.*s\"", SLICE_ARG(node->text));

    diag_help(draft->diags, diag, "write %.*s: here it is text with and without quotes",
              SLICE_ARG(quoted));
    (void)diag_fix(draft->diags, diag, true, yaml_span(node), quoted, "put it in quotes");
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the tree, which is capped */
void sla_note_readers(struct draft *draft, const struct yaml_node *node)
{
    if (node->kind == YAML_SCALAR) {
        enum yaml_plain reading = yaml_plain_reading(node->text);
        if (!node->quoted && reading != YAML_PLAIN_TEXT) {
            note_reading(draft, node, reading);
        }
        return;
    }
    for (const struct yaml_node *at = node->first; at != NULL; at = at->next) {
        if (at->kind == YAML_SCALAR) { /* what is deeper has another shape: reported */
            sla_note_readers(draft, at);
        }
    }
}
