#include "tests/unit/sla/published.h"

#include <string.h>

void published_note(struct published_case *self, enum published_reason reason)
{
    self->reasons |= 1U << reason;
}

bool published_is_stopped(const struct published_case *self)
{
    return (self->reasons & ((1U << PUBLISHED_FIRST_REMARK) - 1)) != 0;
}

const char *published_verdict_name(enum published_verdict value)
{
    static const char *const names[] = { "Permit", "Deny", "NotApplicable", "Indeterminate" };

    return names[value];
}

uint8_t published_fact(struct published_case *self, enum published_kind kind,
                       enum published_truth truth, struct slice says)
{
    size_t at = 0;

    while (at < self->fact_count &&
           (self->facts[at].kind != kind || self->facts[at].truth != truth ||
            !slice_eq(self->facts[at].says, says))) {
        at++;
    }
    if (at == PUBLISHED_FACTS_MAX) {
        published_note(self, PUBLISHED_SIZE);
        return 0;
    }
    if (at == self->fact_count) {
        self->facts[self->fact_count++] = (struct published_fact){ kind, truth, says };
    }
    return (uint8_t)at;
}

struct published_boxes published_always(struct published_case *self)
{
    return (struct published_boxes){ ARENA_NEW(self->arena, struct published_box, 1), 1 };
}

struct published_boxes published_is(struct published_case *self, uint8_t fact, bool is_denied)
{
    struct published_box *box = ARENA_NEW(self->arena, struct published_box, 1);

    is_denied = is_denied && self->facts[fact].truth != PUBLISHED_UNKNOWN; /* errs either way */
    box->literals[box->count++] = (struct published_literal){ fact, is_denied };
    return (struct published_boxes){ box, 1 };
}

static bool has_literal(const struct published_box *box, struct published_literal wanted)
{
    for (size_t i = 0; i < box->count; i++) {
        if (box->literals[i].fact == wanted.fact &&
            box->literals[i].is_denied == wanted.is_denied) {
            return true;
        }
    }
    return false;
}

/* False when they never hold together. */
static bool both(struct published_case *self, const struct published_box *a,
                 const struct published_box *b, struct published_box *out)
{
    *out = *a;
    for (size_t i = 0; i < b->count; i++) {
        struct published_literal opposite = b->literals[i];
        opposite.is_denied = !opposite.is_denied;
        if (has_literal(a, opposite)) {
            return false;
        }
        if (has_literal(a, b->literals[i])) {
            continue;
        }
        if (out->count == PUBLISHED_LITERALS_MAX) {
            published_note(self, PUBLISHED_SIZE);
            return false;
        }
        out->literals[out->count++] = b->literals[i];
    }
    return true;
}

struct published_boxes published_and(struct published_case *self, struct published_boxes a,
                                     struct published_boxes b)
{
    size_t all = a.count * b.count;
    size_t count = 0;

    if (all > PUBLISHED_BOXES_MAX) {
        published_note(self, PUBLISHED_SIZE);
        return a;
    }
    struct published_box *boxes = ARENA_NEW(self->arena, struct published_box, all + 1);
    for (size_t i = 0; i < all; i++) {
        count += both(self, &a.boxes[i / b.count], &b.boxes[i % b.count], &boxes[count]);
    }
    return (struct published_boxes){ boxes, count };
}

struct published_boxes published_or(struct published_case *self, struct published_boxes a,
                                    struct published_boxes b)
{
    size_t count = a.count + b.count;

    if (count > PUBLISHED_BOXES_MAX) {
        published_note(self, PUBLISHED_SIZE);
        return a;
    }
    struct published_box *boxes = ARENA_NEW(self->arena, struct published_box, count + 1);
    for (size_t i = 0; i < count; i++) {
        boxes[i] = i < a.count ? a.boxes[i] : b.boxes[i - a.count];
    }
    return (struct published_boxes){ boxes, count };
}

static enum published_truth truth_of_box(const struct published_case *self,
                                         const struct published_box *box)
{
    enum published_truth truth = PUBLISHED_YES;

    for (size_t i = 0; i < box->count; i++) {
        enum published_truth one = self->facts[box->literals[i].fact].truth;
        if (one == PUBLISHED_UNKNOWN) {
            truth = PUBLISHED_UNKNOWN;
        } else if ((one == PUBLISHED_YES) == box->literals[i].is_denied) {
            return PUBLISHED_NO;
        }
    }
    return truth;
}

enum published_truth published_truth(const struct published_case *self,
                                     struct published_boxes boxes)
{
    enum published_truth truth = PUBLISHED_NO;

    for (size_t i = 0; i < boxes.count; i++) {
        enum published_truth one = truth_of_box(self, &boxes.boxes[i]);
        if (one == PUBLISHED_YES) {
            return PUBLISHED_YES;
        }
        truth = one == PUBLISHED_UNKNOWN ? one : truth;
    }
    return truth;
}
