#include "wire/name_map.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

enum { FIRST_ROOM = 64 };

/* FNV-1a, 64 bits. Names come from the registry, not from peers. */
static size_t hash_of(struct slice name)
{
    uint64_t hash = 0xcbf29ce484222325ULL;

    for (size_t i = 0; i < name.len; i++) {
        hash = (hash ^ (unsigned char)name.ptr[i]) * 0x100000001b3ULL;
    }
    return (size_t)hash;
}

/* Where the name is, or the free place where it would go. The table is never full. */
static struct name_place *place_of(const struct name_map *map, struct slice name)
{
    size_t at = hash_of(name) & (map->room - 1);

    while (map->places[at].name != NULL && !slice_is(name, map->places[at].name)) {
        at = (at + 1) & (map->room - 1);
    }
    return &map->places[at];
}

void name_map_done(struct name_map *map)
{
    free(map->places);
    *map = (struct name_map){ 0 };
}

void *name_map_find(const struct name_map *map, struct slice name)
{
    return map->room > 0 ? place_of(map, name)->value : NULL;
}

static void grow(struct name_map *map)
{
    const struct name_map old = *map;

    map->room = old.room == 0 ? FIRST_ROOM : 2 * old.room;
    map->places = calloc(map->room, sizeof(*map->places));
    if (map->places == NULL) {
        abort();
    }
    for (size_t i = 0; i < old.room; i++) {
        if (old.places[i].name != NULL) {
            *place_of(map, slice_from(old.places[i].name)) = old.places[i];
        }
    }
    free(old.places);
}

void name_map_add(struct name_map *map, const char *name, void *value)
{
    if (2 * (map->count + 1) > map->room) {
        grow(map);
    }
    struct name_place *place = place_of(map, slice_from(name));
    assert(place->name == NULL && value != NULL);
    *place = (struct name_place){ name, value };
    map->count++;
}

void *name_map_at(const struct name_map *map, size_t position)
{
    assert(position < map->room);
    return map->places[position].value;
}
