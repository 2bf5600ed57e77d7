/* sla/edit/fmt.h - the one layout of a document: lines keep their words, comments and order, and
 * get the indent and the blanks they should have.
 *
 * No line is joined or broken, and nothing changes what the text says: the result is read again,
 * and its tree, its comments and their neighbours are compared with those of the source. Pure. */
#ifndef REDAN_SLA_EDIT_FMT_H
#define REDAN_SLA_EDIT_FMT_H

#include "base/yaml.h"

/* `out` is in the arena; equal to the source's text when that has the layout already.
 * STATUS_INVALID: not readable, `diags` says why. STATUS_INTERNAL: the result says something else
 * than the source; it is thrown away. STATUS_UNSUPPORTED: a word of it cannot stand where it should
 * (`...` in column 1). STATUS_EXHAUSTED: it or a line of it would be longer than
 * it may be. */
struct status sla_fmt(struct arena *arena, const struct diag_source *source,
                      struct diag_list *diags, struct slice *out) MUST_USE;

#endif
