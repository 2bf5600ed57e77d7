#include "sla/policy/classes.h"

void sla_classes_init(struct sla_classes *classes, struct arena *arena, size_t resource_count)
{
    *classes = (struct sla_classes){
        .of = ARENA_NEW(arena, uint32_t, resource_count + 1),
        .count = resource_count > 0 ? 1 : 0,
        .sizes = ARENA_NEW(arena, uint32_t, resource_count + 1),
        .hits = ARENA_NEW(arena, uint32_t, resource_count + 1),
        .moved_to = ARENA_NEW(arena, uint32_t, resource_count + 1),
        .touched = ARENA_NEW(arena, uint32_t, resource_count + 1),
    };
    classes->sizes[0] = (uint32_t)resource_count;
}

/* Where the members in the list go: a new class, or nowhere when that is all of them. */
static void choose(struct sla_classes *classes, uint32_t class)
{
    if (classes->hits[class] == classes->sizes[class]) {
        classes->moved_to[class] = class;
        return;
    }
    uint32_t new_class = classes->count++;
    classes->moved_to[class] = new_class;
    classes->sizes[new_class] = classes->hits[class];
    classes->sizes[class] -= classes->hits[class];
}

void sla_classes_split(struct sla_classes *classes, const size_t *resources, size_t count)
{
    size_t touched = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t class = classes->of[resources[i]];
        if (classes->hits[class]++ == 0) {
            classes->touched[touched++] = class;
        }
    }
    for (size_t i = 0; i < touched; i++) {
        choose(classes, classes->touched[i]);
    }
    for (size_t i = 0; i < count; i++) {
        classes->of[resources[i]] = classes->moved_to[classes->of[resources[i]]];
    }
    for (size_t i = 0; i < touched; i++) {
        classes->hits[classes->touched[i]] = 0;
    }
}
