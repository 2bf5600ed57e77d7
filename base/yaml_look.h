/* base/yaml_look.h - the lines around the place where a text stops being YAML, for those who guess
 * what was meant there (base/yaml_syntax.c, yaml_blank.c, yaml_mark.c). Pure. */
#ifndef REDAN_BASE_YAML_LOOK_H
#define REDAN_BASE_YAML_LOOK_H

#include "base/yaml_syntax.h"

/* How far back a line is compared: what a person still sees. */
enum { YAML_LOOK_BACK_BYTES = 8192 };

struct yaml_look {
    struct diag_list *diags;
    struct diag *diag;
    const struct yaml_problem *problem;
    struct slice text;
    bool has_label; /* somewhere else than where libyaml began */
};

struct yaml_line {
    size_t start;    /* its first byte */
    uint32_t number; /* 1-based */
    uint32_t column; /* of what stands in it; 0: nothing but blanks and a comment */
    uint32_t inner;  /* of what stands behind `- `; 0: it begins no item */
    uint32_t key;    /* of the key that stands in it, perhaps behind `- `; 0: none does */
};

/* The byte there; behind the end of the text 0. */
char yaml_look_byte(const struct yaml_look *look, size_t at);

/* The line that a byte stands in; `number` is its own. */
struct yaml_line yaml_look_line(const struct yaml_look *look, size_t byte, uint32_t number);
/* The line before, with something in it. False: there is none near. */
bool yaml_look_above(const struct yaml_look *look, struct yaml_line *line);

#endif
