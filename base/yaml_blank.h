/* base/yaml_blank.h - characters that look like a blank and are text to YAML: web pages and word
 * processors leave them. For base/yaml_syntax.c only. Pure. */
#ifndef REDAN_BASE_YAML_BLANK_H
#define REDAN_BASE_YAML_BLANK_H

#include "base/yaml_look.h"

/* One where a blank would give the line its shape, in the line of the problem or the one above:
 * tells of it, with a fix. False: there is none. */
bool yaml_look_for_false_blank(struct yaml_look *look);

#endif
