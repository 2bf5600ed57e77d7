#include "base/check.h"

#include <stdio.h>

enum { WHAT_COLUMNS = 14, EXIT_GOOD = 0, EXIT_BAD = 1 };

void check_init(struct check *check, struct arena *arena, const char *config)
{
    *check = (struct check){ .arena = arena, .config = config };
    diag_list_init(&check->diags, arena);
}

void check_done(struct check *check)
{
    buf_done(&check->good);
}

static void add_good(struct check *check, const char *what, struct slice detail)
{
    check->good_count++;
    if (detail.len == 0) {
        buf_printf(&check->good, "ok  %s\n", what);
    } else {
        buf_printf(&check->good, "ok  %-*s  %.*s\n", (int)WHAT_COLUMNS, what, SLICE_ARG(detail));
    }
}

static void add_bad(struct check *check, enum diag_level level, const char *msg,
                    const struct check_place *place, const char *help)
{
    uint32_t code = level == DIAG_ERROR ? CHECK_CODE_UNUSABLE : CHECK_CODE_DOUBTFUL;
    const char *verdict = level == DIAG_ERROR ? "cannot be used" : "may not do what it should";
    struct diag *diag = NULL;

    if (place->key == NULL) {
        diag = diag_add(&check->diags, level, code, place->value, "%s", msg);
    } else if (place->value.source != NULL) {
        diag = diag_add(&check->diags, level, code, place->value, "`%s` %s", place->key, verdict);
        diag_label(&check->diags, diag, "%s", msg);
    } else {
        diag = diag_add(&check->diags, level, code, place->value, "`%s` %s: %s", place->key,
                        verdict, msg);
        if (check->config != NULL) {
            diag_note(&check->diags, diag, "`%s` is not set in %s: this is its default", place->key,
                      check->config);
        }
    }
    if (help != NULL) {
        diag_help(&check->diags, diag, "%s", help);
    }
}

bool check_that(struct check *check, struct status outcome, const char *what, struct slice detail,
                struct check_place place, const char *help)
{
    if (status_ok(&outcome)) {
        add_good(check, what, detail);
    } else {
        add_bad(check, DIAG_ERROR, outcome.msg, &place, help);
    }
    return status_ok(&outcome);
}

bool check_hope(struct check *check, struct status outcome, const char *what, struct slice detail,
                struct check_place place, const char *help)
{
    if (status_ok(&outcome)) {
        add_good(check, what, detail);
    } else {
        add_bad(check, DIAG_WARNING, outcome.msg, &place, help);
    }
    return status_ok(&outcome);
}

static void print_findings(struct check *check)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    diag_sort(&check->diags);
    diag_render_list(&check->diags, (struct diag_style){ .all = true }, &text);
    (void)fprintf(stderr, "%.*s", SLICE_ARG(buf_slice(&text)));
}

int check_finish(struct check *check)
{
    print_findings(check);
    (void)printf("%.*s%zu ok, %zu warning%s, %zu error%s\n", SLICE_ARG(buf_slice(&check->good)),
                 check->good_count, check->diags.warnings, check->diags.warnings == 1 ? "" : "s",
                 check->diags.errors, check->diags.errors == 1 ? "" : "s");
    (void)fflush(stdout);
    return check->diags.errors == 0 ? EXIT_GOOD : EXIT_BAD;
}
