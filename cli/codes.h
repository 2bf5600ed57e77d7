/* cli/codes.h - what each code of a finding is called, and how code scanning shall rank it. */
#ifndef REDAN_CLI_CODES_H
#define REDAN_CLI_CODES_H

#include "base/diag_sarif.h"

enum { CODE_MAX = 9999, CODE_FAMILY = 100 };

/* The titles are those of docs/reference/diagnostics/README.md. */
struct diag_rule code_rule(uint32_t code);
/* Its page, as Markdown; empty when there is no such code. */
struct slice code_page(uint32_t code);
/* Codes in ascending order; 0 at the end of them. */
uint32_t code_at(size_t index);
/* What those with the same hundreds have in common: "conflicts"; NULL: there are none. */
const char *code_family(uint32_t code);
/* The absolute URI of the folder of their pages, ending in a slash. */
const char *code_pages(void);

#endif
