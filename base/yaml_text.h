/* base/yaml_text.h - what a text must be before libyaml sees a byte of it. For base/yaml*.c only.
 */
#ifndef REDAN_BASE_YAML_TEXT_H
#define REDAN_BASE_YAML_TEXT_H

#include "base/diag.h"

/* Of a size we handle, in lines that a reader can handle, one encoding, no hidden characters, and
 * the same idea of a line as everybody else (libyaml also breaks lines at U+0085, U+2028, U+2029
 * and lone returns). False when anything was reported. `out_ascii`: every character is one byte,
 * but for a byte order mark at the start. */
bool yaml_check_text(const struct diag_source *source, struct diag_list *diags, bool *out_ascii);

#endif
