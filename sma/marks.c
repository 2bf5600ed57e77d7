#include "sma/marks.h"

#include <stdlib.h>
#include <string.h>

void marks_done(struct marks *marks)
{
    free(marks->items);
    *marks = (struct marks){ 0 };
}

/* Keeps the first of all and every second after it. */
static void thin_out(struct marks *marks)
{
    size_t kept = 0;

    for (size_t i = 0; i < marks->count; i += 2) {
        marks->items[kept++] = marks->items[marks->first + i];
    }
    marks->first = 0;
    marks->count = kept;
}

static void make_room(struct marks *marks)
{
    if (marks->first < MARKS_KEPT_MAX / 2) {
        thin_out(marks);
        return;
    }
    memmove(marks->items, marks->items + marks->first, marks->count * sizeof(*marks->items));
    marks->first = 0;
}

void marks_add(struct marks *marks, uint64_t arrival, const struct tail_place *place)
{
    if (marks->items == NULL) {
        marks->items = calloc(MARKS_KEPT_MAX, sizeof(*marks->items));
        if (marks->items == NULL) {
            abort();
        }
    }
    if (marks->first + marks->count == MARKS_KEPT_MAX) {
        make_room(marks);
    }
    marks->items[marks->first + marks->count++] = (struct arrival_mark){ arrival, *place };
    marks->last_arrival = arrival;
}

void marks_release(struct marks *marks, uint64_t arrival)
{
    while (marks->count > 1 && marks->items[marks->first + 1].arrival <= arrival) {
        marks->first++;
        marks->count--;
    }
    if (marks->count == 1 && marks->last_arrival < arrival) {
        marks->count = 0;
    }
}

bool marks_oldest(const struct marks *marks, struct tail_place *out)
{
    if (marks->count == 0) {
        return false;
    }
    *out = marks->items[marks->first].place;
    return true;
}
