/* tests/site/site.h - a whole site for tests and benches: redand, redan-agg and one node
 * (redan-netd with its redan-sma) as real processes over CURVE, in the private namespaces of
 * namespace.h; on request a second node as the demo has it: a private libvirtd with libvirt's test
 * driver, redan-datad with its redan-sma, and a workload that writes to the bucket.
 *
 * Addresses: management 10.98.0.1 (protected), the node's service 10.99.0.1:22 (a listener of
 * ours), everybody else any address of 10.99.0.0/16. Log lines are written as sshd would, and the
 * peer they name is really connected, since the kernel is asked. One site a process. */
#ifndef REDAN_TESTS_SITE_SITE_H
#define REDAN_TESTS_SITE_SITE_H

#include "base/arena.h"
#include "base/json.h"
#include "tests/site/hypervisor.h"
#include "tests/site/process.h"

/* In the order in which they start. */
enum site_part { SITE_REDAND, SITE_AGG, SITE_NODE, SITE_LIBVIRTD, SITE_NODE_2 };
enum { SITE_PARTS = 5, SITE_DEADLINE_MS = 20000 };

#define SITE_BUCKET "studies"

struct site;

struct site_options {
    const char *folder;   /* empty, ours */
    const char *lease;    /* "2s": put into the example SLA's reactions; NULL: as they are */
    const char *window;   /* "1s": in the place of the rules' time spans; NULL: as they are */
    const char *approval; /* "one": put in the place of "none"; NULL: as they are */
    const char *bin;      /* folder of the programs */
    bool node_2;          /* covers /run of this mount namespace, for libvirtd */
};

/* Makes keys, configurations, the listener and node-2's workload; starts no part. */
struct status site_new(const struct site_options *options, struct site **out) MUST_USE;
void site_free(struct site **pointer); /* kills what runs; NULL is fine */

/* `crash_at` as REDAN_CRASH_AT of this start, or NULL: it dies there once site_arm was called.
 * Returns once the process runs; of libvirtd, once it answers. */
struct status site_start(struct site *site, enum site_part part, const char *crash_at) MUST_USE;
struct status site_arm(struct site *site) MUST_USE;
void site_disarm(struct site *site);
/* While this file exists, the part writes there what fault points it passes. */
const char *site_trace(struct site *site, enum site_part part);
bool site_has(const struct site *site, enum site_part part);
struct process *site_process(struct site *site, enum site_part part);
const char *site_part_name(enum site_part part);
/* Starts all, applies the example SLAs and waits until every node has said HELLO. */
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
/* The same, and then one that is let in: a break-in. */
struct status site_log_break_in(struct site *site, const char *source, uint16_t port,
                                unsigned failures) MUST_USE;
/* Is the address in the kernel's set, asked by a process of its own? */
bool site_kernel_denies(struct site *site, const char *address);

/* Node-2's domain, asked over a connection of our own. STATUS_UNAVAILABLE: libvirtd is gone. */
struct status site_domain(struct site *site, struct domain_view *out) MUST_USE;
/* Does a real write of node-2's workload fail as on a read-only mount? */
bool site_bucket_refuses(struct site *site);
/* Is there a record of a hold beside node-2's bucket? */
bool site_bucket_is_held(struct site *site);

/* rm -r, for folders that a test made. */
void site_remove_folder(const char *folder);

const char *site_path(struct site *site, const char *name); /* below the folder */

#endif
