/* sla/report.h - the findings that many readers share, worded once. For sla/ only. */
#ifndef REDAN_SLA_REPORT_H
#define REDAN_SLA_REPORT_H

#include "base/lookalike.h"
#include "sla/draft.h"
#include "sla/words/hint.h"

/* "`DEU` is not WHAT", with the nearest of `names` as help and fix, or else all of them.
 * `names` may hold NULLs, which are skipped. */
struct diag *sla_report_word(struct draft *draft, unsigned code, struct diag_span span,
                             struct slice text, const char *what, const char *const *names,
                             size_t count);
/* As above over slices, for names of the documents themselves. */
struct diag *sla_report_name(struct draft *draft, unsigned code, struct diag_span span,
                             struct slice text, const char *what, const struct slice *names,
                             size_t count);
/* Help and fix for a finding about `text`: the nearest of `names`, or else all of them. NULL when
 * they were too many to gather. */
void sla_report_choices(struct draft *draft, struct diag *diag, struct diag_span span,
                        struct slice text, const struct slice *names, size_t count);
/* Names that were probably meant, at least one; a fix when there is one, for a person to decide. */
void sla_report_meant(struct draft *draft, struct diag *diag, struct diag_span span,
                      const struct slice *names, size_t count);
/* The nearest alone; false when none is near. */
bool sla_report_nearest(struct draft *draft, struct diag *diag, struct diag_span span,
                        struct slice text, const struct slice *names, size_t count);
/* What only looks like a plain character in the text of a finding; nothing without one. */
void sla_report_odd(struct draft *draft, struct diag *diag, const struct lookalike *odd);
/* The name that would be told as the nearest; empty: none is near. */
struct slice sla_nearest(struct draft *draft, struct slice text, const struct slice *names,
                         size_t count);
/* Asked before so many names are gathered or looked at for one finding: false when those of one
 * compile come to more than SLA_COMPARED_MAX. Without it, many findings about many names take time
 * and memory by their product. */
bool sla_may_compare(struct draft *draft, size_t count);
/* A name that stands for two things. */
void sla_report_repeated(struct draft *draft, const char *what, struct slice name,
                         struct diag_span first, struct diag_span again);
/* A warning of a spelling that is read for ever and no longer written, with the fix. */
void sla_report_older(struct draft *draft, struct diag_span span, const char *what,
                      struct slice today);
/* A failed status of a parser becomes the label. */
struct diag *sla_report_value(struct draft *draft, unsigned code, struct diag_span span,
                              const char *what, const struct status *status);
/* A value that is no subject: what stands before its name may be a misspelt `user` or `group`, or
 * else `example` helps. */
void sla_report_subject(struct draft *draft, const struct yaml_node *node,
                        const struct status *status, const char *example);
/* Says of a warning that it is an error wherever all documents are taken to be here; nothing when
 * they are. */
void sla_report_partial(struct draft *draft, struct diag *diag);

/* Likewise, of what was not found in any document and is a warning anyhow. */
void sla_report_some(struct draft *draft, struct diag *diag);
/* Help and fix for a finding: what to write instead (sla/words/hint.h). */
void sla_report_hint(struct draft *draft, struct diag *diag, struct diag_span span,
                     const struct sla_hint *hint);
/* A value for a quantity (RDN0208), with what to write instead (sla/words/hint.h). */
void sla_report_quantity(struct draft *draft, const struct yaml_node *node, const char *what,
                         enum sla_measure measure, const struct status *status);

#endif
