/* base/sorted.h - where something stands in what is sorted. Pure. */
#ifndef REDAN_BASE_SORTED_H
#define REDAN_BASE_SORTED_H

#include <stddef.h>

/* Less than, equal to or greater than 0: the item comes before the key, with it, behind it. As of
 * qsort and bsearch, where the key is an item. */
typedef int(sorted_order_fn)(const void *item, const void *key);

/* The first of the items, ascending by `order`, that does not come before the key; `count` when
 * all do. bsearch finds any of several that are equal, and nothing where there is none. */
size_t sorted_lower_bound(const void *items, size_t count, size_t item_bytes, const void *key,
                          sorted_order_fn *order);
/* The first that comes behind it. */
size_t sorted_upper_bound(const void *items, size_t count, size_t item_bytes, const void *key,
                          sorted_order_fn *order);

#endif
