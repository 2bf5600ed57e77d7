/* tests/fakes/plane_driver.h - calls on a plane that wait for their late result, for tests.
 *
 * Each turns the plane's loop (poll on its fd, dispatch) until the result is there or
 * PLANE_DRIVER_DEADLINE_MS has passed (STATUS_TIMEOUT). Single-threaded. */
#ifndef REDAN_TESTS_FAKES_PLANE_DRIVER_H
#define REDAN_TESTS_FAKES_PLANE_DRIVER_H

#include "planes/plane.h"

enum { PLANE_DRIVER_DEADLINE_MS = 10000 };

struct status drive_apply(struct plane *plane, const struct action *action) MUST_USE;
struct status drive_undo(struct plane *plane, const struct action *action) MUST_USE;
struct status drive_read_back(struct plane *plane, const struct action *action,
                              struct plane_reading *out) MUST_USE;
/* `*out_controls` is the caller's to free. */
struct status drive_observe(struct plane *plane, struct plane_control **out_controls,
                            size_t *out_count) MUST_USE;
struct status drive_peer_seen(struct plane *plane, const struct plane_peer_query *query,
                              bool *out_seen) MUST_USE;

/* One turn: waits up to `wait_ms` for the fd, dispatches if it is ready. */
struct status drive_turn(struct plane *plane, int wait_ms) MUST_USE;

#endif
