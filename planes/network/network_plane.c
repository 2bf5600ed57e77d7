#include "planes/network/network_plane.h"

#include <ifaddrs.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "planes/network/conntrack.h"
#include "planes/network/controls.h"
#include "planes/network/elements.h"
#include "planes/network/layout.h"
#include "planes/network/sockets.h"
#include "planes/queue.h"

enum {
    APPLY_TRIES = 4, /* each loses against a lease that ends just now, or somebody's flush */
    SETTLE_MS = 1,
    LOCALS_MAX = 64 /* addresses of this node, for exact lookups; with more of them we walk */
};

struct network_plane {
    struct plane_base base;
    struct plane_queue *queue;
    struct netlink *netfilter;
    struct netlink *diag;
    struct layout layout;
    struct address spared[LAYOUT_PROTECTED_MAX]; /* loopback first */
    size_t spared_count;
    bool can_isolate;
    bool can_destroy;
};

static struct network_plane *self_of(struct plane *plane)
{
    return (struct network_plane *)(void *)plane;
}

/* --- apply ---------------------------------------------------------------------------------------
 */

static struct status check_spared(const struct network_plane *self, const struct action *action)
{
    char source[ADDRESS_TEXT_MAX];
    char spared[ADDRESS_TEXT_MAX];

    if (action->kind != ACTION_NETWORK_DENY) {
        return STATUS_SUCCESS;
    }
    for (size_t i = 0; i < self->spared_count; i++) {
        if (address_overlaps(&self->spared[i], &action->source)) {
            address_format(&action->source, source);
            address_format(&self->spared[i], spared);
            return status_error(STATUS_DENIED, "network.deny %s: %s is protected", source, spared);
        }
    }
    return STATUS_SUCCESS;
}

/* A link-local address names a peer only together with an interface, and one of this node. */
static struct status check_zone(const struct action *action)
{
    const struct address *source = &action->source;
    char text[ADDRESS_TEXT_MAX];

    if (action->kind != ACTION_NETWORK_DENY || !address_is_host(source) ||
        !address_is_link_local(source)) {
        return STATUS_SUCCESS;
    }
    address_format(source, text);
    if (source->zone[0] == '\0') {
        return status_error(STATUS_UNSUPPORTED,
                            "network.deny %s: behind which interface? (%s%%INTERFACE)", text, text);
    }
    if (if_nametoindex(source->zone) == 0) {
        return status_error(STATUS_NOT_FOUND, "network.deny %s: no such interface here", text);
    }
    return STATUS_SUCCESS;
}

static struct status make_whole(struct network_plane *self)
{
    bool whole = false;

    TRY(layout_check(&self->layout, self->netfilter, &whole));
    return whole ? STATUS_SUCCESS : layout_make(&self->layout, self->netfilter);
}

/* Into the first bank from `found` on that takes it. STATUS_CONFLICT: none does. */
static struct status put_somewhere(struct network_plane *self, const struct action *action,
                                   const struct elements_found *found)
{
    struct status put =
        status_error(STATUS_CONFLICT, "%d actions overlap there already", (int)SETS_BANKS);

    for (unsigned bank = found->bank; bank < SETS_BANKS && put.code == STATUS_CONFLICT; bank++) {
        put = elements_put(self->netfilter, action, found, bank);
        if (found->own) {
            break; /* it stays in its bank */
        }
    }
    if (status_ok(&put)) {
        layout_changed_by_us(&self->layout);
    }
    return put;
}

static struct status put_elements(struct network_plane *self, const struct action *action)
{
    struct status put = STATUS_SUCCESS;

    for (unsigned tries = 0; tries < APPLY_TRIES; tries++) {
        struct elements_found found;
        TRY(make_whole(self));
        TRY(elements_find(self->netfilter, action, &found));
        put = put_somewhere(self, action, &found);
        if (put.code != STATUS_NOT_FOUND) {
            break;
        }
    }
    if (put.code == STATUS_CONFLICT) {
        return status_error(STATUS_EXHAUSTED, "%s", put.msg);
    }
    return put;
}

/* Of an isolated node: everybody but the spared; of a cut: the source. */
static struct socket_peers peers_of(const struct network_plane *self, const struct action *action)
{
    if (action->kind == ACTION_NETWORK_DENY) {
        return (struct socket_peers){ .peer = &action->source };
    }
    return (struct socket_peers){ .spared = self->spared, .spared_count = self->spared_count };
}

static struct status do_apply(struct network_plane *self, const struct action *action)
{
    struct socket_peers peers = peers_of(self, action);
    size_t destroyed = 0;

    TRY(check_spared(self, action));
    TRY(check_zone(action));
    FAULT_POINT("netd.before_apply");
    TRY(put_elements(self, action));
    FAULT_POINT("netd.after_apply");
    /* Only now: nothing can open a new one any more. */
    return self->can_destroy ? sockets_destroy(self->diag, &peers, &destroyed) : STATUS_SUCCESS;
}

/* --- undo, read back, observe
 * ---------------------------------------------------------------------- */

static struct status do_undo(struct network_plane *self, const struct action *action)
{
    struct status removed = STATUS_SUCCESS;

    FAULT_POINT("netd.before_undo");
    for (unsigned tries = 0; tries < APPLY_TRIES; tries++) {
        struct elements_found found;
        TRY(elements_find(self->netfilter, action, &found));
        if (!found.own) {
            return STATUS_SUCCESS;
        }
        removed = elements_remove(self->netfilter, &found);
        if (status_ok(&removed)) {
            layout_changed_by_us(&self->layout);
            FAULT_POINT("netd.after_undo");
        }
        if (removed.code != STATUS_NOT_FOUND) {
            break;
        }
    }
    return removed;
}

static bool all_present(const struct elements_found *found)
{
    for (size_t at = 0; at < found->keys.count; at++) {
        if (!found->present[at]) {
            return false;
        }
    }
    return true;
}

static void say(struct plane_reading *reading, enum plane_presence presence, const char *detail)
{
    reading->presence = presence;
    (void)snprintf(reading->detail, sizeof(reading->detail), "%s", detail);
}

static struct status do_read_back(struct network_plane *self, const struct action *action,
                                  struct plane_reading *reading)
{
    struct socket_peers peers = peers_of(self, action);
    struct elements_found found;
    size_t open = 0;
    bool whole = false;

    *reading = (struct plane_reading){ .verified_by = VERIFIED_SELF, .lease_left_ms = -1 };
    TRY(elements_find(self->netfilter, action, &found));
    if (!found.own) {
        say(reading, PLANE_ABSENT, "no element with this id");
        return STATUS_SUCCESS;
    }
    reading->lease_left_ms = found.left_ms;
    TRY(layout_check(&self->layout, self->netfilter, &whole));
    TRY(sockets_count(self->diag, &peers, &open));
    if (!whole) {
        say(reading, PLANE_PARTIAL, "element present, rules missing or changed");
    } else if (!all_present(&found)) {
        say(reading, PLANE_PARTIAL, "some of its elements are missing");
    } else if (!self->can_destroy) {
        say(reading, PLANE_PRESENT, "in force; this kernel does not destroy open sockets");
    } else if (open > 0) {
        reading->presence = PLANE_PARTIAL;
        (void)snprintf(reading->detail, sizeof(reading->detail),
                       "packets dropped, but sockets still open: %zu", open);
    } else {
        say(reading, PLANE_PRESENT, "in force; no socket open");
    }
    return STATUS_SUCCESS;
}

static void list_restart(void *arg)
{
    struct element_list *list = arg;

    list->count = 0;
}

static struct status list_one(void *arg, const struct element *element)
{
    return element_list_add(arg, element);
}

static struct status do_observe(struct network_plane *self, struct plane_control **out,
                                size_t *out_count)
{
    CLEANUP(element_list_done) struct element_list list = { 0 };
    bool whole = false;

    TRY(layout_check(&self->layout, self->netfilter, &whole));
    TRY(elements_list(self->netfilter, list_one, list_restart, &list));
    return controls_from_elements(&list, whole, out, out_count);
}

/* --- peers
 * ------------------------------------------------------------------------------------------ */

static void free_interfaces(struct ifaddrs **list)
{
    if (*list != NULL) {
        freeifaddrs(*list);
    }
}

static bool read_interface(const struct ifaddrs *interface, struct address *out)
{
    if (interface->ifa_addr == NULL) {
        return false;
    }
    if (interface->ifa_addr->sa_family == AF_INET) {
        struct sockaddr_in ipv4;
        memcpy(&ipv4, interface->ifa_addr, sizeof(ipv4));
        *out = (struct address){ .family = ADDRESS_IPV4, .prefix_len = 32 };
        memcpy(out->bytes, &ipv4.sin_addr, sizeof(ipv4.sin_addr));
        return true;
    }
    if (interface->ifa_addr->sa_family == AF_INET6) {
        struct sockaddr_in6 ipv6;
        memcpy(&ipv6, interface->ifa_addr, sizeof(ipv6));
        *out = (struct address){ .family = ADDRESS_IPV6, .prefix_len = 128 };
        memcpy(out->bytes, &ipv6.sin6_addr, sizeof(ipv6.sin6_addr));
        return true;
    }
    return false;
}

/* This node's addresses of one family; false: too many for exact lookups. */
static bool list_locals(enum address_family family, struct address *out, size_t *out_count)
{
    CLEANUP(free_interfaces) struct ifaddrs *list = NULL;
    struct address address;

    *out_count = 0;
    if (getifaddrs(&list) != 0) {
        return false;
    }
    for (const struct ifaddrs *at = list; at != NULL; at = at->ifa_next) {
        if (!read_interface(at, &address) || address.family != family) {
            continue;
        }
        if (*out_count == LOCALS_MAX) {
            return false;
        }
        out[(*out_count)++] = address;
    }
    return true;
}

static struct status do_peer_seen(struct network_plane *self, const struct plane_peer_query *query,
                                  bool *out_seen)
{
    struct plane_peer_query asked = *query;
    struct address locals[LOCALS_MAX];
    size_t count = 0;

    /* Any number of links may have such an address each. */
    if (address_is_link_local(&query->peer) && query->peer.zone[0] == '\0') {
        *out_seen = false;
        return STATUS_SUCCESS;
    }
    if (!list_locals(query->peer.family, locals, &count)) {
        count = SIZE_MAX; /* asks for a walk */
    }
    TRY(sockets_seen(self->diag, &asked, locals, count, out_seen));
    /* Tracking does not tell the interface. */
    return *out_seen || query->peer.zone[0] != '\0'
               ? STATUS_SUCCESS
               : conntrack_seen(self->netfilter, &asked, locals, count, out_seen);
}

/* --- plane.h
 * ----------------------------------------------------------------------------------------- */

static void network_capabilities(struct plane *plane, struct plane_capability out[ACTION_KINDS])
{
    const struct network_plane *self = self_of(plane);

    for (size_t i = 0; i < ACTION_KINDS; i++) {
        bool ours = action_type((enum action_kind)i)->plane == PLANE_NETWORK;
        out[i] = (struct plane_capability){ .kind = (enum action_kind)i,
                                            .supported = ours,
                                            .reversible = ours,
                                            .verified_by = VERIFIED_SELF,
                                            .settle_ms = SETTLE_MS };
        if (!ours) {
            (void)snprintf(out[i].why_not, sizeof(out[i].why_not),
                           "not an action of the network plane");
        } else if (!self->can_destroy) {
            (void)snprintf(out[i].why_not, sizeof(out[i].why_not),
                           "this kernel does not destroy sockets: a connection that is open now "
                           "resumes when the cut ends");
        }
    }
    if (!self->can_isolate) {
        struct plane_capability *isolate = &out[ACTION_NETWORK_ISOLATE];
        isolate->supported = isolate->reversible = false;
        (void)snprintf(isolate->why_not, sizeof(isolate->why_not),
                       "no protected network is given: it would cut the management link");
    }
}

static struct status network_apply(struct plane *plane, const struct action *action,
                                   plane_done_fn *done, void *arg)
{
    struct network_plane *self = self_of(plane);
    struct plane_call *call = NULL;

    TRY(plane_queue_start(self->queue, PLANE_CALL_APPLY, action, done, arg, &call));
    call->outcome = do_apply(self, action);
    plane_queue_finish(self->queue, call);
    return STATUS_SUCCESS;
}

static struct status network_undo(struct plane *plane, const struct action *action,
                                  plane_done_fn *done, void *arg)
{
    struct network_plane *self = self_of(plane);
    struct plane_call *call = NULL;

    TRY(plane_queue_start(self->queue, PLANE_CALL_UNDO, action, done, arg, &call));
    call->outcome = do_undo(self, action);
    plane_queue_finish(self->queue, call);
    return STATUS_SUCCESS;
}

static struct status network_read_back(struct plane *plane, const struct action *action,
                                       plane_read_fn *done, void *arg)
{
    struct network_plane *self = self_of(plane);
    struct plane_call *call = NULL;

    TRY(plane_queue_start_read(self->queue, action, done, arg, &call));
    call->outcome = do_read_back(self, action, &call->reading);
    plane_queue_finish(self->queue, call);
    return STATUS_SUCCESS;
}

static struct status network_observe(struct plane *plane, plane_observe_fn *done, void *arg)
{
    struct network_plane *self = self_of(plane);
    struct plane_call *call = NULL;

    TRY(plane_queue_start_observe(self->queue, done, arg, &call));
    call->outcome = do_observe(self, &call->controls, &call->control_count);
    plane_queue_finish(self->queue, call);
    return STATUS_SUCCESS;
}

static struct status network_peer_seen(struct plane *plane, const struct plane_peer_query *query,
                                       plane_peer_fn *done, void *arg)
{
    struct network_plane *self = self_of(plane);
    struct plane_call *call = NULL;

    TRY(plane_queue_start_peer(self->queue, query, done, arg, &call));
    call->outcome = do_peer_seen(self, query, &call->seen);
    plane_queue_finish(self->queue, call);
    return STATUS_SUCCESS;
}

static int network_fd(const struct plane *plane)
{
    return plane_queue_fd(((const struct network_plane *)(const void *)plane)->queue);
}

static struct status network_dispatch(struct plane *plane)
{
    plane_queue_dispatch(self_of(plane)->queue);
    return STATUS_SUCCESS;
}

static void network_close(struct plane *plane)
{
    struct network_plane *self = self_of(plane);

    plane_queue_free(self->queue);
    netlink_close(&self->netfilter);
    netlink_close(&self->diag);
    layout_done(&self->layout);
    free(self);
}

static const struct plane_ops network_ops = {
    .name = "nftables",
    .kind = PLANE_NETWORK,
    .capabilities = network_capabilities,
    .apply = network_apply,
    .undo = network_undo,
    .read_back = network_read_back,
    .observe = network_observe,
    .peer_seen = network_peer_seen,
    .fd = network_fd,
    .dispatch = network_dispatch,
    .close = network_close,
};

/* --- opening
 * ------------------------------------------------------------------------------------------ */

static void spare(struct network_plane *self, const struct network_plane_spec *spec)
{
    self->spared[0] = (struct address){ .family = ADDRESS_IPV4, .prefix_len = 8, .bytes = { 127 } };
    self->spared[1] =
        (struct address){ .family = ADDRESS_IPV6, .prefix_len = 128, .bytes = { [15] = 1 } };
    self->spared_count = 2;
    for (size_t i = 0; i < spec->protected_count; i++) {
        self->spared[self->spared_count++] = spec->protected_networks[i];
    }
    self->can_isolate = spec->protected_count > 0;
}

/* What was cut before a network came under protection is let go. */
static struct status release_spared(struct network_plane *self)
{
    CLEANUP(cleanup_free) struct plane_control *controls = NULL;
    size_t count = 0;

    TRY(do_observe(self, &controls, &count));
    for (size_t i = 0; i < count; i++) {
        struct status allowed = check_spared(self, &controls[i].action);
        if (!status_ok(&allowed)) {
            TRY(do_undo(self, &controls[i].action));
        }
    }
    return STATUS_SUCCESS;
}

static struct status set_up(struct network_plane *self)
{
    TRY(plane_queue_new(&self->queue));
    TRY(netlink_open(NETLINK_NETFILTER, &self->netfilter));
    TRY(netlink_open(NETLINK_SOCK_DIAG, &self->diag));
    TRY(sockets_can_destroy(self->diag, &self->can_destroy));
    layout_write(self->spared, self->spared_count, &self->layout.text);
    TRY(layout_make(&self->layout, self->netfilter));
    return release_spared(self);
}

static struct status try_set_up(struct network_plane *self)
{
    TRY(netlink_open(NETLINK_SOCK_DIAG, &self->diag));
    TRY(sockets_can_destroy(self->diag, &self->can_destroy));
    layout_write(self->spared, self->spared_count, &self->layout.text);
    return layout_try(&self->layout);
}

struct status network_plane_check(const struct network_plane_spec *spec)
{
    struct network_plane *self = calloc(1, sizeof(*self));

    if (self == NULL) {
        abort();
    }
    spare(self, spec);
    struct status tried = try_set_up(self);
    network_close((struct plane *)(void *)self);
    return status_wrap(tried, "network plane");
}

struct status network_plane_open(const struct network_plane_spec *spec, struct plane **out)
{
    if (spec->protected_count > NETWORK_PROTECTED_MAX) {
        return status_error(STATUS_INVALID, "over %d protected networks",
                            (int)NETWORK_PROTECTED_MAX);
    }
    struct network_plane *self = calloc(1, sizeof(*self));
    if (self == NULL) {
        abort();
    }
    self->base.ops = &network_ops;
    spare(self, spec);
    struct status ready = set_up(self);
    if (!status_ok(&ready)) {
        network_close((struct plane *)(void *)self);
        return status_wrap(ready, "network plane");
    }
    *out = (struct plane *)(void *)self;
    return STATUS_SUCCESS;
}
