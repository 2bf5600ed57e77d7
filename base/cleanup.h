/* base/cleanup.h - scope cleanup and the compiler attributes the rest of the code uses.
 *
 * The one home of GNU attributes: everything else is plain C17. */
#ifndef REDAN_BASE_CLEANUP_H
#define REDAN_BASE_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Runs fn(&variable) when the variable's scope ends. Initialise on the same line. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

/* Hands an owned pointer out of a scope and leaves NULL behind. */
#define TAKE(p)                                                                                    \
    __extension__({                                                                                \
        __typeof__(p) taken_ = (p);                                                                \
        (p) = NULL;                                                                                \
        taken_;                                                                                    \
    })

#define MUST_USE                           __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_arg, first_arg) __attribute__((format(printf, format_arg, first_arg)))
#define NORETURN                           __attribute__((noreturn))

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* For CLEANUP on plain locals. */
static inline void cleanup_free(void *pointer_to_pointer)
{
    free(*(void **)pointer_to_pointer);
}

static inline void cleanup_close(const int *fd)
{
    if (*fd >= 0) {
        (void)close(*fd);
    }
}

static inline void cleanup_fclose(FILE **file)
{
    if (*file != NULL) {
        (void)fclose(*file);
    }
}

#endif
