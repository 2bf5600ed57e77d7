/* cli/codes.h - what each code of a finding is called, and how code scanning shall rank it. */
#ifndef REDAN_CLI_CODES_H
#define REDAN_CLI_CODES_H

#include "base/diag_sarif.h"

enum { CODE_MAX = 9999 };

/* The titles are those of docs/reference/diagnostics/README.md. */
struct diag_rule code_rule(uint32_t code);
/* Its page, as Markdown; empty when there is no such code. */
struct slice code_page(uint32_t code);
/* The absolute URI of the folder of their pages, ending in a slash. */
const char *code_pages(void);

#endif
