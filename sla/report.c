#include "sla/report.h"

enum { NEAR_DISTANCE = 2, LISTED_MAX = 12 };

size_t sla_nearest(struct slice text, const struct slice *names, size_t count)
{
    size_t nearest = count;
    size_t best = NEAR_DISTANCE + 1;

    for (size_t i = 0; i < count; i++) {
        size_t distance = slice_distance(text, names[i], NEAR_DISTANCE);
        if (distance < best && distance < text.len) {
            best = distance;
            nearest = i;
        }
    }
    return nearest;
}

static void list_names(struct buf *out, const struct slice *names, size_t count)
{
    for (size_t i = 0; i < count && i < LISTED_MAX; i++) {
        buf_printf(out, "%s`%.*s`", i > 0 ? ", " : "", SLICE_ARG(names[i]));
    }
    if (count > LISTED_MAX) {
        buf_printf(out, " and %zu more", count - LISTED_MAX);
    }
}

static bool has_too_many_errors(const struct draft *draft)
{
    return draft->is_full || draft->diags->errors - draft->errors_before >= YAML_ERRORS_MAX;
}

bool sla_is_full_at(struct draft *draft, const struct diag_span *at)
{
    if (!has_too_many_errors(draft)) {
        return false;
    }
    if (!draft->is_full) {
        draft->is_full = true;
        yaml_report_stopped(draft->diags, *at);
    }
    return true;
}

bool sla_is_full(struct draft *draft, const struct yaml_node *at)
{
    if (!has_too_many_errors(draft)) {
        return false; /* without a look at the text for the place */
    }
    struct diag_span span = yaml_span(at);
    return sla_is_full_at(draft, &span);
}

void sla_count_errors(struct draft *draft)
{
    draft->errors_before = draft->diags->errors;
    draft->is_full = false;
}

bool sla_report_nearest(struct draft *draft, struct diag *diag, struct diag_span span,
                        struct slice text, const struct slice *names, size_t count)
{
    size_t nearest = count;

    if (draft->compared_count + count <= SLA_COMPARED_MAX) { /* a list of hints helps nobody */
        draft->compared_count += count;
        nearest = sla_nearest(text, names, count);
    }
    if (nearest == count) {
        return false;
    }
    diag_help(draft->diags, diag, "did you mean `%.*s`?", SLICE_ARG(names[nearest]));
    (void)diag_fix(draft->diags, diag, true, span, names[nearest], "replace with `%.*s`",
                   SLICE_ARG(names[nearest]));
    return true;
}

void sla_report_choices(struct draft *draft, struct diag *diag, struct diag_span span,
                        struct slice text, const struct slice *names, size_t count)
{
    if (sla_report_nearest(draft, diag, span, text, names, count)) {
        return;
    }
    if (count > 0) {
        CLEANUP(buf_done) struct buf known = { 0 };
        list_names(&known, names, count);
        diag_help(draft->diags, diag, "expected one of %s", known.ptr);
    } else {
        diag_help(draft->diags, diag, "none is declared here");
    }
}

struct diag *sla_report_name(struct draft *draft, unsigned code, struct diag_span span,
                             struct slice text, const char *what, const struct slice *names,
                             size_t count)
{
    struct diag *diag =
        diag_add(draft->diags, DIAG_ERROR, code, span, "`%.*s` is not %s", SLICE_ARG(text), what);

    sla_report_choices(draft, diag, span, text, names, count);
    return diag;
}

struct diag *sla_report_word(struct draft *draft, unsigned code, struct diag_span span,
                             struct slice text, const char *what, const char *const *names,
                             size_t count)
{
    struct slice *slices = ARENA_NEW(draft->arena, struct slice, count + 1);
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        if (names[i] != NULL) {
            slices[used++] = slice_from(names[i]);
        }
    }
    return sla_report_name(draft, code, span, text, what, slices, used);
}

struct diag *sla_report_value(struct draft *draft, unsigned code, struct diag_span span,
                              const char *what, const struct status *status)
{
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, code, span, "%s is wrong", what);

    diag_label(draft->diags, diag, "%s", status->msg);
    return diag;
}

void sla_report_older(struct draft *draft, struct diag_span span, const char *what,
                      struct slice today)
{
    struct diag *diag = diag_add(draft->diags, DIAG_WARNING, SLA_CODE_OLDER, span,
                                 "%s is written in an older way", what);

    diag_help(draft->diags, diag, "write `%.*s`", SLICE_ARG(today));
    (void)diag_fix(draft->diags, diag, true, span, today, "write `%.*s`", SLICE_ARG(today));
}

void sla_report_repeated(struct draft *draft, const char *what, struct slice name,
                         struct diag_span first, struct diag_span again)
{
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_REPEATED, again,
                                 "%s `%.*s` is repeated", what, SLICE_ARG(name));

    diag_secondary(draft->diags, diag, first, "first here");
    diag_help(draft->diags, diag, "give one of them another name");
}

void sla_report_quantity(struct draft *draft, const struct yaml_node *node, const char *what,
                         enum sla_measure measure, const struct status *status)
{
    struct diag *diag = sla_report_value(draft, SLA_CODE_QUANTITY, yaml_span(node), what, status);
    struct sla_hint hint;

    sla_hint(measure, node->text, &hint);
    diag_help(draft->diags, diag, "%s", hint.help);
    if (hint.write[0] != '\0') {
        (void)diag_fix(draft->diags, diag, hint.same, yaml_span(node), slice_from(hint.write),
                       "replace with `%s`", hint.write);
    }
}
