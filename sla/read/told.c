#include "sla/read/expand.h"

#include <stdlib.h>

struct diag **sla_told_from(const struct draft *draft)
{
    return draft->diags->tail;
}

/* --- where values come from ------------------------------------------------------------------ */

static int use_order(const void *left, const void *right)
{
    const struct sla_use *a = left;
    const struct sla_use *b = right;

    if (a->span.source != b->span.source) {
        return a->span.source < b->span.source ? -1 : 1;
    }
    return (a->span.byte > b->span.byte) - (a->span.byte < b->span.byte);
}

/* The parameter whose use the span is, or NULL. */
static const struct sla_use *use_at(const struct sla_expansion *expansion,
                                    const struct diag_span *span)
{
    const struct sla_use wanted = { .span = *span };

    return expansion->use_count == 0
               ? NULL
               : bsearch(&wanted, expansion->uses, expansion->use_count, sizeof(wanted), use_order);
}

/* Of a list the item that the message quotes first, when there is one. */
static const struct yaml_node *part_of(const struct yaml_node *argument, struct slice message)
{
    const struct yaml_node *at = argument->kind == YAML_SEQUENCE ? argument->first : NULL;

    (void)slice_cut(&message, '`');
    struct slice quoted = slice_cut(&message, '`');
    while (at != NULL && !slice_eq(at->text, quoted)) {
        at = at->next;
    }
    return at != NULL ? at : argument;
}

/* What would mend the value is written where the value is. */
static void move_fixes(struct diag *diag, const struct sla_use *use, const struct yaml_node *part)
{
    struct diag_fix **link = &diag->fixes;

    while (*link != NULL) {
        struct diag_edit *edit = (*link)->edits;
        bool is_whole = edit != NULL && edit->next == NULL && edit->span.byte == use->span.byte &&
                        edit->span.byte_end == use->span.byte_end;
        if (is_whole && part->kind == YAML_SCALAR) {
            edit->span = yaml_span(part);
            link = &(*link)->next;
        } else {
            *link = (*link)->next;
        }
    }
    diag->fixes_tail = link;
}

static void add_origin(struct draft *draft, const struct sla_expansion *expansion,
                       struct diag *diag)
{
    const struct sla_use *use = diag->span.source != NULL ? use_at(expansion, &diag->span) : NULL;

    if (use == NULL) {
        return;
    }
    diag->span = use->span; /* of a list that was put there, too */
    const struct yaml_node *part = part_of(use->argument, diag->message);
    move_fixes(diag, use, part);
    diag_secondary(draft->diags, diag, yaml_span(part), "%s value of `%.*s`",
                   part == use->argument ? "the" : "a", SLICE_ARG(use->name));
}

/* --- once ------------------------------------------------------------------------------------ */

static void add_span(struct buf *out, const struct diag_span *span)
{
    buf_printf(out, "%p %u %u\n", (const void *)span->source, span->byte, span->byte_end);
}

static bool is_new(struct draft *draft, const struct diag *diag)
{
    CLEANUP(buf_done) struct buf key = { 0 };
    size_t before = draft->told.count;

    buf_printf(&key, "%u ", diag->code);
    add_span(&key, &diag->span);
    buf_printf(&key, "%.*s\n%.*s\n", SLICE_ARG(diag->message), SLICE_ARG(diag->label));
    for (const struct diag_label *at = diag->labels; at != NULL; at = at->next) {
        add_span(&key, &at->span);
    }
    (void)sla_intern(&draft->told, draft->arena, buf_slice(&key));
    return draft->told.count > before;
}

static void uncount(struct diag_list *diags, enum diag_level level)
{
    switch (level) {
    case DIAG_ERROR:
        diags->errors--;
        break;
    case DIAG_WARNING:
        diags->warnings--;
        break;
    case DIAG_NOTE:
        diags->notes--;
        break;
    }
}

/* What follows from a base that is not here: it may have declared the name. */
static bool is_cascade(const struct sla_expansion *expansion, const struct diag *diag)
{
    switch (diag->code) {
    case SLA_CODE_TARGET:
    case SLA_CODE_NAMED_SET:
        return expansion->is_lost;
    case SLA_CODE_MISSING_KEY: /* `targets` */
        return expansion->is_lost &&
               slice_starts(diag->message, slice_from(sla_record_spec[SLA_SECURITY_SLA].name));
    default:
        return false;
    }
}

void sla_told(struct draft *draft, const struct draft_document *document, struct diag **from)
{
    struct sla_expansion *expansion = document->expansion;

    if (expansion == NULL) {
        return;
    }
    if (expansion->use_count > 1) {
        qsort(expansion->uses, expansion->use_count, sizeof(struct sla_use), use_order);
    }
    while (*from != NULL) {
        struct diag *diag = *from;
        add_origin(draft, expansion, diag);
        if (!is_cascade(expansion, diag) && is_new(draft, diag)) {
            from = &diag->next;
        } else {
            uncount(draft->diags, diag->level);
            *from = diag->next;
        }
    }
    draft->diags->tail = from;
}
