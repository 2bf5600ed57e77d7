/* tests/integration/data/workload.h - a real writer for tests: a process in a mount namespace of
 * its own, where one bucket is mounted and, if wanted, the store itself is out of sight. Ends with
 * the test. */
#ifndef REDAN_TESTS_INTEGRATION_DATA_WORKLOAD_H
#define REDAN_TESTS_INTEGRATION_DATA_WORKLOAD_H

#include <sys/types.h>

#include "base/status.h"

enum { WORKLOAD_PATH_MAX = 256 };

struct workload_spec {
    const char *folder;     /* the bucket's */
    const char *mountpoint; /* an existing folder */
    const char *hide;       /* covered by an empty file system; NULL: all stays in sight */
    uid_t user;             /* 0: stays root */
};

struct workload {
    pid_t pid;
    int wire;
};

/* What it can be told; each is answered with 0 or the errno of the failed step. */
enum workload_order {
    WORKLOAD_WRITE = 'w',   /* a new file through the mount, whole */
    WORKLOAD_HOLD = 'h',    /* opens a file for writing and keeps it open */
    WORKLOAD_APPEND = 'a',  /* writes to the open file */
    WORKLOAD_RELEASE = 'r', /* closes it */
    WORKLOAD_UNLOCK = 'u',  /* makes its mount writable by itself */
    WORKLOAD_AROUND = 's',  /* a new file through the store's own folder */
    WORKLOAD_QUIT = 'q'
};

/* STATUS_UNSUPPORTED: no such namespace can be made here. */
struct status workload_start(const struct workload_spec *spec, struct workload *out) MUST_USE;
int workload_do(const struct workload *workload, enum workload_order order);
void workload_end(struct workload *workload);

#endif
