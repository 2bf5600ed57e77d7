/* redan-datad - the folder store of a node, and the parent of its SMA. */
#include <stdlib.h>

#include "planes/data/folder_gate.h"
#include "planes/data/folder_plane.h"
#include "planes/helper.h"

struct datad {
    char root[FOLDER_PATH_MAX];
    struct writer writers[FOLDER_WRITERS_MAX];
    size_t count;
};

static struct status take_root(void *arg, struct slice value)
{
    struct datad *self = arg;

    if (value.len == 0 || value.len >= sizeof(self->root)) {
        return status_error(STATUS_INVALID, "not a folder of 1 to %zu bytes",
                            sizeof(self->root) - 1);
    }
    slice_to_cstr(value, self->root, sizeof(self->root));
    return STATUS_SUCCESS;
}

static struct status take_writer(void *arg, struct slice value)
{
    struct datad *self = arg;

    if (self->count == COUNT_OF(self->writers)) {
        return status_error(STATUS_EXHAUSTED, "over %zu writers", COUNT_OF(self->writers));
    }
    TRY(writer_parse(value, &self->writers[self->count]));
    self->count++;
    return STATUS_SUCCESS;
}

static struct status open_plane(void *arg, struct plane **out)
{
    const struct datad *self = arg;

    if (self->root[0] == '\0') {
        return status_error(STATUS_INVALID, "no --root");
    }
    return folder_plane_open(&(struct folder_plane_spec){ .root = self->root,
                                                          .writers = self->writers,
                                                          .writer_count = self->count },
                             out);
}

static void check_plane(void *arg, bool privileged, struct check *check)
{
    const struct datad *self = arg;
    struct status root = self->root[0] != '\0' ? folder_plane_check(self->root)
                                               : status_error(STATUS_INVALID, "no --root");

    (void)privileged;
    (void)check_that(check, root, "root", slice_from(self->root),
                     (struct check_place){ .key = self->root[0] != '\0' ? "--root" : NULL },
                     "the store is a folder that is there; redan-datad keeps its record in it");
}

int main(int argc, char **argv)
{
    static struct datad self;
    static const struct helper_option options[] = {
        { "--root", "DIR", "the store: every folder in it is a bucket", take_root },
        { "--writer", "SPEC", "BUCKET:PID_OR_NAMESPACE:MOUNTPOINT; may be repeated", take_writer },
    };
    /* To enter a writer's mount namespace and change its mount; to look into the /proc entries of a
     * process that may do more than we, and along paths of other users. */
    static const cap_value_t capabilities[] = { CAP_SYS_ADMIN, CAP_SYS_CHROOT, CAP_SYS_PTRACE,
                                                CAP_DAC_READ_SEARCH };
    const struct helper_spec spec = {
        .program = "redan-datad",
        .version = REDAN_VERSION,
        .summary = "Starts an SMA without privileges and serves it the folder store of this node.",
        .kind = PLANE_DATA,
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
