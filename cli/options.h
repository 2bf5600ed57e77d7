/* cli/options.h - every option of every command, once: the parser, the help, the manual and the
 * completion walk this table. */
#ifndef REDAN_CLI_OPTIONS_H
#define REDAN_CLI_OPTIONS_H

#include <stdint.h>

#include "cli/cli.h"

#define OPTION_BIT(id) (UINT64_C(1) << (unsigned)(id))

struct option {
    const char *name;
    char letter;                /* 0: none */
    const char *value;          /* "FORMAT"; NULL: a flag */
    const char *doc;            /* one sentence, no full stop */
    const char *const *choices; /* NULL-terminated; NULL: anything */
};

const struct option *option_at(enum option_id id);
/* By name without dashes, or by letter; OPTIONS when there is none. */
unsigned option_find(struct slice name);
unsigned option_find_letter(char letter);
/* The bits that every command takes. */
uint64_t options_global(void);

#endif
