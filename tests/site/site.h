/* tests/site/site.h - a whole site for tests and benches: redand, redan-agg and one node
 * (redan-netd with its redan-sma) as real processes over CURVE, in the private namespaces of
 * namespace.h.
 *
 * Addresses: management 10.98.0.1 (protected), the node's service 10.99.0.1:22 (a listener of
 * ours), everybody else any address of 10.99.0.0/16. Log lines are written as sshd would, and the
 * peer they name is really connected, since the kernel is asked. One site a process. */
#ifndef REDAN_TESTS_SITE_SITE_H
#define REDAN_TESTS_SITE_SITE_H

#include "base/arena.h"
#include "base/json.h"
#include "tests/site/process.h"

enum site_part { SITE_REDAND, SITE_AGG, SITE_NODE };
enum { SITE_PARTS = 3, SITE_DEADLINE_MS = 20000 };

struct site;

struct site_options {
    const char *folder;   /* empty, ours */
    const char *lease;    /* "2s": put into the example SLA's reactions; NULL: as they are */
    const char *approval; /* "one": put in the place of "none"; NULL: as they are */
    const char *bin;      /* folder of the programs */
};

/* Makes keys, configurations and the listener; starts nothing. */
struct status site_new(const struct site_options *options, struct site **out) MUST_USE;
void site_free(struct site **pointer); /* kills what runs; NULL is fine */

/* `crash_at` as REDAN_CRASH_AT of this start, or NULL: it dies there once site_arm was called.
 * Returns once the process runs. */
struct status site_start(struct site *site, enum site_part part, const char *crash_at) MUST_USE;
struct status site_arm(struct site *site) MUST_USE;
struct process *site_process(struct site *site, enum site_part part);
const char *site_part_name(enum site_part part);
/* Starts all, applies the example SLAs and waits until the node has said HELLO. */
struct status site_start_all(struct site *site) MUST_USE;
struct status site_wait_ready(struct site *site) MUST_USE;
/* redand answers its API. */
struct status site_wait_api(struct site *site) MUST_USE;
struct status site_apply_slas(struct site *site) MUST_USE;
/* The same with leases of another length: another world. */
struct status site_apply_slas_with(struct site *site, const char *lease) MUST_USE;

/* One API call; the answer lives in the arena. Errors: STATUS_UNAVAILABLE; an HTTP error is
 * STATUS_INVALID with its detail. */
struct status site_ask(struct site *site, struct arena *arena, const char *method, const char *path,
                       const char *body, const struct json **out) MUST_USE;

/* Runs `redan` with the words (NULL-terminated, at most 8) against this site; its exit code, or -1.
 */
int site_redan(struct site *site, const char *const *words);

/* A TCP connection from `source` to the node's service; *out_port is the source's port. -1 and an
 * error when it cannot be made in `timeout_ms`. */
struct status site_connect(struct site *site, const char *source, int timeout_ms, int *out_fd,
                           uint16_t *out_port) MUST_USE;
/* The service's end of the oldest connection nobody has taken; -1: none. The caller closes it. */
int site_accept(struct site *site);
/* Appends to the node's log, one write(2). */
struct status site_log(struct site *site, const char *text) MUST_USE;
/* `count` refused passwords of `user` from source:port. */
struct status site_log_failures(struct site *site, const char *source, uint16_t port,
                                unsigned count) MUST_USE;
/* Is the address in the kernel's set, asked by a process of its own? */
bool site_kernel_denies(struct site *site, const char *address);

/* rm -r, for folders that a test made. */
void site_remove_folder(const char *folder);

const char *site_path(struct site *site, const char *name); /* below the folder */

#endif
