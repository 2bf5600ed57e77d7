#include "base/sorted.h"

/* Items whose order is below `most` stand in front. */
static size_t find(const void *items, size_t count, size_t item_bytes, const void *key,
                   sorted_order_fn *order, int most)
{
    const char *first = items;
    size_t low = 0;
    size_t high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (order(first + middle * item_bytes, key) < most) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

size_t sorted_lower_bound(const void *items, size_t count, size_t item_bytes, const void *key,
                          sorted_order_fn *order)
{
    return find(items, count, item_bytes, key, order, 0);
}

size_t sorted_upper_bound(const void *items, size_t count, size_t item_bytes, const void *key,
                          sorted_order_fn *order)
{
    return find(items, count, item_bytes, key, order, 1);
}
