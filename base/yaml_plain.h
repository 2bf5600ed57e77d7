/* base/yaml_plain.h - what other readers of YAML take a plain scalar for. We take every scalar for
 * text (base/yaml.h); who writes one that YAML 1.1 (yaml.org/type) or the core schema of YAML 1.2
 * (section 10.3) resolves to something else means the same for us alone. Pure. */
#ifndef REDAN_BASE_YAML_PLAIN_H
#define REDAN_BASE_YAML_PLAIN_H

#include "base/slice.h"

enum yaml_plain {
    YAML_PLAIN_TEXT,
    YAML_PLAIN_NULL,
    YAML_PLAIN_FLAG,
    YAML_PLAIN_NUMBER,
    YAML_PLAIN_TIME
};

/* Of a scalar without quotes. The single letters `y` and `n` of YAML 1.1 are text, since most of
 * its readers never took them for anything else. A number or time may be the same number or time to
 * all of them. */
enum yaml_plain yaml_plain_reading(struct slice text);

const char *yaml_plain_name(enum yaml_plain reading); /* "a number" */

#endif
