/* planes/network/controls.h - from the elements the kernel lists to the controls they make up.
 *
 * A prefix is two elements (start and end), isolation is two (one per network protocol). What fits
 * no action of ours is skipped: somebody else's elements are not adopted. Pure. */
#ifndef REDAN_PLANES_NETWORK_CONTROLS_H
#define REDAN_PLANES_NETWORK_CONTROLS_H

#include "planes/network/elements.h"
#include "planes/plane.h"

/* Growing, by malloc; all zero is ready. */
struct element_list {
    struct element *items;
    size_t count, cap;
};
void element_list_done(struct element_list *list);
/* Errors: STATUS_EXHAUSTED past what the sets can hold. */
struct status element_list_add(struct element_list *list, const struct element *element) MUST_USE;

/* Sorts the list and tells its controls in the order of sets, banks and keys; `whole`: the rules
 * that use the sets are all there. `*out` is from malloc, the caller's to free, and never NULL.
 * Errors: STATUS_EXHAUSTED (over PLANE_CONTROLS_MAX). */
struct status controls_from_elements(struct element_list *list, bool whole,
                                     struct plane_control **out, size_t *out_count) MUST_USE;

#endif
