/* base/diag_sarif.h - findings as one SARIF 2.1.0 log (OASIS), for code scanning and editors.
 *
 * Columns count code points; files below the working folder are relative to %SRCROOT%. Pure; equal
 * findings give equal bytes. */
#ifndef REDAN_BASE_DIAG_SARIF_H
#define REDAN_BASE_DIAG_SARIF_H

#include "base/diag.h"

/* What is said once of each code that occurs. */
struct diag_rule {
    const char *title;    /* lower case, no full stop */
    const char *tag;      /* its family, one word */
    const char *severity; /* "0.1" to "10.0", as code scanning ranks security findings */
};

struct diag_sarif {
    const char *tool, *version;
    const char *pages;  /* absolute URI; a code's page is this with "RDN0207.md" behind it */
    const char *folder; /* the working folder, absolute */
    int exit_code;
    struct diag_rule (*rule)(uint32_t code);
};

/* DIAG_EXPORT_MAX results at most, the worst first; a notification tells when there were more. */
void diag_write_sarif(const struct diag_list *list, const struct diag_sarif *about,
                      struct buf *out);

#endif
