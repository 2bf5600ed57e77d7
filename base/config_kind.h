/* base/config_kind.h - how each kind of configuration value is read and printed: the table behind
 * base/config.h. Pure. For base/config*.c and tests only. */
#ifndef REDAN_BASE_CONFIG_KIND_H
#define REDAN_BASE_CONFIG_KIND_H

#include "base/config.h"

struct config_kind_ops {
    const char *name; /* for messages and the manual: "a duration" */
    bool is_scalar;
    size_t size; /* of the field */
    /* Scalars: from text into the field. */
    struct status (*read)(struct arena *arena, const struct config_row *row, struct slice text,
                          void *field);
    void (*print)(const struct config_row *row, const void *field, struct buf *out);
};

const struct config_kind_ops *config_kind_ops(enum config_kind kind);

/* A text as a YAML scalar that reads back the same: plain when that is safe, else quoted. */
void config_print_text(struct slice text, struct buf *out);

#endif
