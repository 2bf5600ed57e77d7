/* base/yaml_mark.h - marks that YAML does not take for its own: a dash without a blank behind it,
 * and dashes, colons, commas and brackets that only look like those of a keyboard. For
 * base/yaml_syntax.c only. Pure. */
#ifndef REDAN_BASE_YAML_MARK_H
#define REDAN_BASE_YAML_MARK_H

#include "base/yaml_look.h"

/* One in the line of the problem, or the one above: tells of it, with a fix. False: there is none.
 */
bool yaml_look_for_false_mark(struct yaml_look *look);

#endif
