/* base/bound.h - where something stands in what is sorted. Pure. */
#ifndef REDAN_BASE_BOUND_H
#define REDAN_BASE_BOUND_H

#include <stddef.h>

/* Less than, equal to or greater than 0: the item comes before the key, with it, behind it. As of
 * qsort and bsearch, where the key is an item. */
typedef int(bound_order_fn)(const void *item, const void *key);

/* The first of the items, ascending by `order`, that does not come before the key; `count` when
 * all do. bsearch finds any of several that are equal, and nothing where there is none. */
size_t bound_lower(const void *items, size_t count, size_t item_bytes, const void *key,
                   bound_order_fn *order);
/* The first that comes behind it. */
size_t bound_upper(const void *items, size_t count, size_t item_bytes, const void *key,
                   bound_order_fn *order);

#endif
