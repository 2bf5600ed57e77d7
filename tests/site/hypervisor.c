#include "tests/site/hypervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "planes/compute/libvirt_plane.h"
#include "tests/site/process.h"

enum { CONFIG_MODE = 0600, FOLDER_MODE = 0700, UUID_TEXT_LEN = 36 };

static struct status error(const char *what)
{
    return status_error(STATUS_UNAVAILABLE, "%s: %s", what, virGetLastErrorMessage());
}

static void ignore_error(void *arg, virErrorPtr raised)
{
    (void)arg;
    (void)raised;
}

/* libvirtd would ask the firmware, which may be one that it distrusts. */
static struct status print_uuid(struct buf *out)
{
    char text[UUID_TEXT_LEN];
    CLEANUP(cleanup_close) int fd = open("/proc/sys/kernel/random/uuid", O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        return status_error(STATUS_UNAVAILABLE, "uuid: %s", strerrordesc_np(errno));
    }
    TRY(file_read_exactly(fd, text, sizeof(text)));
    buf_add(out, text, sizeof(text));
    return STATUS_SUCCESS;
}

struct status hypervisor_configure(struct hypervisor *self, const char *folder)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    CLEANUP(arena_done) struct arena arena = { 0 };

    if (access(HYPERVISOR_PROGRAM, X_OK) != 0) {
        return status_error(STATUS_UNSUPPORTED, "%s is not installed", HYPERVISOR_PROGRAM);
    }
    TRY(file_make_folder(file_path(&arena, folder, "run"), FOLDER_MODE));
    TRY(file_make_folder(file_path(&arena, folder, "no-drivers"), FOLDER_MODE));
    (void)snprintf(self->config, sizeof(self->config), "%s/libvirtd.conf", folder);
    (void)snprintf(self->pid_file, sizeof(self->pid_file), "%s/pid", folder);
    (void)snprintf(self->environment, sizeof(self->environment), "LIBVIRT_DRIVER_DIR=%s/no-drivers",
                   folder);
    (void)snprintf(self->uri, sizeof(self->uri), "test+unix:///default?socket=%s/run/libvirt-sock",
                   folder);
    buf_printf(&text,
               "unix_sock_dir = \"%s/run\"\nauth_unix_ro = \"none\"\nauth_unix_rw = \"none\"\n"
               "listen_tls = 0\nlog_outputs = \"2:stderr\"\nhost_uuid = \"",
               folder);
    TRY(print_uuid(&text));
    buf_add_cstr(&text, "\"\n");
    virSetErrorFunc(NULL, ignore_error);
    (void)signal(SIGPIPE, SIG_IGN); /* libvirt's client leaves that to its program */
    return file_store(self->config, buf_slice(&text), CONFIG_MODE);
}

void hypervisor_done(struct hypervisor *self)
{
    if (self->held != NULL) {
        (void)virConnectClose(self->held);
        self->held = NULL;
    }
}

static bool answers(void *arg)
{
    struct hypervisor *self = arg;
    struct domain_view view = { 0 };

    if (self->held == NULL) {
        self->held = virConnectOpen(self->uri);
    }
    struct status looked = self->held != NULL ? hypervisor_look(self, &view) : error("connect");
    return status_ok(&looked);
}

struct status hypervisor_connect(struct hypervisor *self)
{
    hypervisor_done(self);
    return site_wait(answers, self, PROCESS_DEADLINE_MS) ? STATUS_SUCCESS : error(self->uri);
}

static void free_domain(virDomainPtr *domain)
{
    if (*domain != NULL) {
        (void)virDomainFree(*domain);
    }
}

struct status hypervisor_look(struct hypervisor *self, struct domain_view *out)
{
    int state = 0;
    CLEANUP(free_domain)
    virDomainPtr domain = virDomainLookupByName(self->held, HYPERVISOR_DOMAIN);

    if (domain == NULL || virDomainGetState(domain, &state, NULL, 0) != 0) {
        return error(HYPERVISOR_DOMAIN);
    }
    int snapshots = virDomainSnapshotNum(domain, 0);
    if (snapshots < 0) {
        return error("snapshots");
    }
    CLEANUP(cleanup_free)
    char *note = virDomainGetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, LIBVIRT_CONTROL_NS, 0);
    *out = (struct domain_view){ .runs = state == VIR_DOMAIN_RUNNING,
                                 .is_paused = state == VIR_DOMAIN_PAUSED,
                                 .has_note = note != NULL,
                                 .snapshots = (size_t)snapshots };
    return STATUS_SUCCESS;
}
