/* wire/name_map.h - things by node name: open addressing, grows, nothing is ever taken out.
 *
 * An all-zero map is ready. Names are borrowed and must live as long as the map: they usually sit
 * in the thing itself. One thread. */
#ifndef REDAN_WIRE_NAME_MAP_H
#define REDAN_WIRE_NAME_MAP_H

#include <stddef.h>

#include "base/slice.h"

struct name_place {
    const char *name; /* NULL: free */
    void *value;
};

struct name_map {
    struct name_place *places;
    size_t room; /* power of two; 0 at first */
    size_t count;
};

void name_map_done(struct name_map *map);                           /* the values are the owner's */
void *name_map_find(const struct name_map *map, struct slice name); /* NULL: absent */
void name_map_add(struct name_map *map, const char *name, void *value); /* asserts: absent */
/* For walking: positions 0 .. map->room - 1; NULL at a free one. */
void *name_map_at(const struct name_map *map, size_t position);

#endif
