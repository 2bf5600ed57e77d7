/* redan-netd - the network plane of a node, and the parent of its SMA. */
#include <stdlib.h>

#include "model/address.h"
#include "planes/helper.h"
#include "planes/network/network_plane.h"

struct netd {
    struct address networks[NETWORK_PROTECTED_MAX];
    size_t count;
};

static struct status take_protected(void *arg, struct slice value)
{
    struct netd *self = arg;

    if (self->count == COUNT_OF(self->networks)) {
        return status_error(STATUS_INVALID, "over %zu networks", COUNT_OF(self->networks));
    }
    TRY(address_parse(value, &self->networks[self->count]));
    self->count++;
    return STATUS_SUCCESS;
}

static struct status open_plane(void *arg, struct plane **out)
{
    const struct netd *self = arg;
    const struct network_plane_spec spec = { self->networks, self->count };

    return network_plane_open(&spec, out);
}

static void check_plane(void *arg, bool privileged, struct check *check)
{
    const struct netd *self = arg;
    const struct network_plane_spec spec = { self->networks, self->count };
    const struct check_place place = { .key = "--protect" };
    struct status spared = self->count > 0
                               ? STATUS_SUCCESS
                               : status_error(STATUS_NOT_FOUND, "no network is protected, so "
                                                                "network.isolate is not offered");

    (void)check_hope(check, spared, "protect", (struct slice){ 0 }, place,
                     "the management network belongs there");
    if (privileged) { /* the kernel answers nobody else */
        (void)check_that(check, network_plane_check(&spec), "nftables", SLICE("table inet redan"),
                         (struct check_place){ 0 }, NULL);
    }
}

int main(int argc, char **argv)
{
    static struct netd self;
    static const struct helper_option options[] = {
        { "--protect", "CIDR", "never cut off this address or network; may be repeated",
          take_protected },
    };
    static const cap_value_t capabilities[] = { CAP_NET_ADMIN };
    const struct helper_spec spec = {
        .program = "redan-netd",
        .version = REDAN_VERSION,
        .summary = "Starts an SMA without privileges and serves it the network plane of this node.",
        .kind = PLANE_NETWORK,
        .options = options,
        .option_count = COUNT_OF(options),
        .capabilities = capabilities,
        .capability_count = COUNT_OF(capabilities),
        .open = open_plane,
        .check = check_plane,
        .self = &self,
    };

    return helper_main(&spec, argc, argv);
}
