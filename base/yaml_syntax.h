/* base/yaml_syntax.h - where a text stops being YAML, and what people usually did there: quotes
 * and brackets left open, an operator without quotes, a line in a column of its own.
 *
 * libyaml says what it waited for, which is seldom what is wrong. What is told besides is a guess
 * from the lines around, and worded as one. For base/yaml.c only. Pure. */
#ifndef REDAN_BASE_YAML_SYNTAX_H
#define REDAN_BASE_YAML_SYNTAX_H

#include "base/diag.h"

struct yaml_problem {
    const char *what;       /* as libyaml words it; NULL: it did not */
    const char *context;    /* what it was reading; NULL: nothing */
    struct diag_span at;    /* where it stopped: one character, or none at an end */
    struct diag_span began; /* where what it was reading begins */
};

void yaml_report_problem(struct diag_list *diags, const struct yaml_problem *problem);

#endif
