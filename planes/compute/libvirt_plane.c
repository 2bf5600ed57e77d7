#include "planes/compute/libvirt_plane.h"

#include <libvirt/libvirt.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "planes/blocking.h"
#include "planes/compute/libvirt_link.h"
#include "planes/compute/snapshot.h"
#include "planes/compute/suspend.h"

/* Typical, on an idle host: a snapshot writes the guest's memory, a pause stops its processors. */
enum { SNAPSHOT_SETTLE_MS = 2000, SUSPEND_SETTLE_MS = 50 };

struct backend {
    struct libvirt_link link;
    const struct driver *driver; /* never changes */
};

/* What each of libvirt's drivers can do, by the scheme of its URI. */
static const struct driver {
    const char *scheme;
    bool snapshots;
    const char *no_snapshot;
} drivers[] = {
    { "qemu", true, "" },
    { "test", true, "" },
    { "lxc", false, "libvirt's lxc driver keeps no snapshots" },
    { "", false, "snapshots with this libvirt driver are untried" },
};

static const struct driver *driver_of(const char *uri)
{
    struct slice rest = slice_from(uri);
    struct slice scheme = slice_cut(&rest, ':');
    size_t i = 0;

    scheme = slice_sub(scheme, 0, slice_find(scheme, '+'));
    while (i + 1 < COUNT_OF(drivers) && !slice_is(scheme, drivers[i].scheme)) {
        i++;
    }
    return &drivers[i];
}

static void capabilities(const void *arg, struct plane_capability out[ACTION_KINDS])
{
    const struct backend *self = arg;

    for (size_t i = 0; i < ACTION_KINDS; i++) {
        out[i] = (struct plane_capability){ .kind = (enum action_kind)i,
                                            .why_not = "not an action of the compute plane" };
    }
    out[ACTION_COMPUTE_SUSPEND] = (struct plane_capability){ .kind = ACTION_COMPUTE_SUSPEND,
                                                             .supported = true,
                                                             .reversible = true,
                                                             .verified_by = VERIFIED_SELF,
                                                             .settle_ms = SUSPEND_SETTLE_MS };
    out[ACTION_COMPUTE_SNAPSHOT] = (struct plane_capability){ .kind = ACTION_COMPUTE_SNAPSHOT,
                                                              .supported = self->driver->snapshots,
                                                              .reversible = self->driver->snapshots,
                                                              .verified_by = VERIFIED_SELF,
                                                              .settle_ms = SNAPSHOT_SETTLE_MS };
    (void)snprintf(out[ACTION_COMPUTE_SNAPSHOT].why_not, PLANE_DETAIL_MAX, "%s",
                   self->driver->no_snapshot);
}

/* ---------------------------------------------------------------------------- calls on a domain */

struct request {
    enum { DO_APPLY, DO_UNDO, DO_READ } verb;
    const struct action *action;
    struct plane_reading *reading; /* DO_READ */
};

static struct status on_suspend(virDomainPtr domain, const struct request *request, int64_t now_ms)
{
    switch (request->verb) {
    case DO_APPLY:
        return suspend_apply(domain, request->action, now_ms);
    case DO_UNDO:
        return suspend_undo(domain, request->action);
    case DO_READ:
        return suspend_read(domain, request->action, request->reading);
    }
    return status_error(STATUS_INTERNAL, "no such verb");
}

static struct status on_snapshot(virDomainPtr domain, const struct request *request, int64_t now_ms)
{
    switch (request->verb) {
    case DO_APPLY:
        return snapshot_apply(domain, request->action, now_ms);
    case DO_UNDO:
        return snapshot_undo(domain, request->action);
    case DO_READ:
        return snapshot_read(domain, request->action, request->reading);
    }
    return status_error(STATUS_INTERNAL, "no such verb");
}

static struct status on_domain(struct backend *self, const struct request *request)
{
    const struct action *action = request->action;
    int64_t now_ms = clock_wall_ms(&clock_real);

    TRY(libvirt_link_connect(&self->link));
    CLEANUP(libvirt_free_domain)
    virDomainPtr domain = virDomainLookupByName(self->link.connection, action->resource);
    if (domain == NULL) {
        return libvirt_error("domain");
    }
    if (action->kind == ACTION_COMPUTE_SUSPEND) {
        return on_suspend(domain, request, now_ms);
    }
    return on_snapshot(domain, request, now_ms);
}

/* Did the connection break under a call? Then it is closed. */
static bool broke(struct backend *self)
{
    return self->link.connection != NULL && libvirt_link_dropped(&self->link);
}

/* All calls are idempotent: one that found its old connection broken is made once more on a new
 * one. */
static struct status call(struct backend *self, const struct request *request)
{
    bool old = self->link.connection != NULL;
    struct status status = on_domain(self, request);

    if (!status_ok(&status) && old && broke(self)) {
        status = on_domain(self, request);
    }
    if (!status_ok(&status) && broke(self)) {
        status.code = STATUS_UNAVAILABLE;
    }
    return status_wrap(status, "%s", request->action->resource);
}

static struct status apply(void *backend, const struct action *action)
{
    FAULT_POINT("compute.before_apply");
    struct status applied = call(backend, &(struct request){ .verb = DO_APPLY, .action = action });
    FAULT_POINT("compute.after_apply");
    return applied;
}

static struct status undo(void *backend, const struct action *action)
{
    FAULT_POINT("compute.before_undo");
    struct status undone = call(backend, &(struct request){ .verb = DO_UNDO, .action = action });
    FAULT_POINT("compute.after_undo");
    return undone;
}

static struct status read_back(void *backend, const struct action *action,
                               struct plane_reading *out)
{
    return call(backend, &(struct request){ .verb = DO_READ, .action = action, .reading = out });
}

/* ------------------------------------------------------------------------------------- observe */

static struct status observe_domain(const struct backend *self, virDomainPtr domain,
                                    struct blocking_controls *out)
{
    int64_t now_ms = clock_wall_ms(&clock_real);
    struct status status = suspend_observe(domain, now_ms, out);

    if (status_ok(&status) && self->driver->snapshots) {
        status = snapshot_observe(domain, now_ms, out);
    }
    return status.code == STATUS_NOT_FOUND ? STATUS_SUCCESS : status; /* it went meanwhile */
}

static struct status observe_all(struct backend *self, struct blocking_controls *out)
{
    virDomainPtr *all = NULL;
    struct status status = STATUS_SUCCESS;

    out->count = 0;
    TRY(libvirt_link_connect(&self->link));
    int count = virConnectListAllDomains(self->link.connection, &all, 0);
    if (count < 0) {
        return libvirt_error("domains");
    }
    for (int i = 0; i < count; i++) {
        if (status_ok(&status)) {
            status = observe_domain(self, all[i], out);
        }
        libvirt_free_domain(&all[i]);
    }
    free(all);
    return status;
}

static struct status observe(void *backend, struct blocking_controls *out)
{
    struct backend *self = backend;
    bool old = self->link.connection != NULL;
    struct status status = observe_all(self, out);

    if (!status_ok(&status) && old && broke(self)) {
        status = observe_all(self, out);
    }
    if (!status_ok(&status) && broke(self)) {
        status.code = STATUS_UNAVAILABLE;
    }
    return status;
}

static void free_backend(void *backend)
{
    struct backend *self = backend;

    libvirt_link_done(&self->link);
    free(self);
}

static const struct blocking_ops ops = { .name = "libvirt",
                                         .kind = PLANE_COMPUTE,
                                         .capabilities = capabilities,
                                         .apply = apply,
                                         .undo = undo,
                                         .read_back = read_back,
                                         .observe = observe,
                                         .free = free_backend };

struct status libvirt_plane_open(const struct libvirt_plane_spec *spec, struct plane **out)
{
    struct blocking_limits limits = {
        .change_ms = spec->change_ms > 0 ? spec->change_ms : LIBVIRT_CHANGE_MS,
        .read_ms = spec->read_ms > 0 ? spec->read_ms : LIBVIRT_READ_MS,
    };
    struct slice uri = slice_from(spec->uri);

    if (uri.len == 0 || uri.len >= LIBVIRT_URI_MAX || slice_find(uri, ':') == uri.len) {
        return status_error(STATUS_INVALID, "`%.*s` is not a libvirt URI",
                            (int)(uri.len < LIBVIRT_URI_MAX ? uri.len : LIBVIRT_URI_MAX),
                            uri.ptr != NULL ? uri.ptr : "");
    }
    struct backend *self = calloc(1, sizeof(*self));
    if (self == NULL) {
        abort();
    }
    libvirt_link_init(&self->link, spec->uri);
    self->driver = driver_of(spec->uri);
    return blocking_new(&ops, limits, self, out);
}
