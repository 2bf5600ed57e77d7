#include "planes/compute/snapshot.h"

#include <libvirt/virterror.h>
#include <string.h>

#include "base/arena.h"
#include "planes/compute/domain_note.h"
#include "planes/compute/libvirt_link.h"

#define SNAPSHOT_PREFIX "redan-"

enum { SNAPSHOT_NAME_MAX = sizeof(SNAPSHOT_PREFIX) + ULID_TEXT_LEN };

static void name_of(const struct ulid *id, char out[SNAPSHOT_NAME_MAX])
{
    (void)snprintf(out, SNAPSHOT_NAME_MAX, SNAPSHOT_PREFIX "%s", id->text);
}

/* `*out` stays NULL when there is no such snapshot. */
static struct status find(virDomainPtr domain, const struct ulid *id, virDomainSnapshotPtr *out)
{
    char name[SNAPSHOT_NAME_MAX];

    name_of(id, name);
    *out = virDomainSnapshotLookupByName(domain, name, 0);
    if (*out != NULL) {
        return STATUS_SUCCESS;
    }
    struct status status = libvirt_error("snapshot");
    return status.code == STATUS_NOT_FOUND ? STATUS_SUCCESS : status;
}

/* ------------------------------------------------------------------------------- what it says */

/* The snapshot's own part of its description, before the copy of the domain's. */
static struct slice own_part(const char *xml)
{
    struct slice whole = slice_from(xml);

    return slice_sub(whole, 0, slice_find_text(whole, SLICE("<domain ")));
}

/* STATUS_CORRUPT: a snapshot of our name that is not ours. */
static struct status parse(const char *xml, const char *domain, struct holds *out)
{
    struct slice text = { 0 };
    struct status status = xml_text(own_part(xml), "description", &text);

    if (status_ok(&status)) {
        status = holds_parse(text, out);
    }
    if (status_ok(&status)) {
        status = holds_claim(out, ACTION_COMPUTE_SNAPSHOT, domain);
    }
    if (status_ok(&status) && out->count != 1) {
        status = status_error(STATUS_CORRUPT, "not one snapshot");
    }
    if (!status_ok(&status)) {
        status.code = STATUS_CORRUPT;
    }
    return status_wrap(status, "snapshot");
}

static bool has_memory(const char *xml)
{
    struct slice own = own_part(xml);

    return slice_find_text(own, SLICE("<memory snapshot='internal'")) < own.len ||
           slice_find_text(own, SLICE("<memory snapshot='external'")) < own.len;
}

static void describe(const char *xml, struct plane_reading *out)
{
    out->presence = PLANE_PRESENT;
    out->verified_by = VERIFIED_SELF;
    (void)snprintf(out->detail, sizeof(out->detail), "snapshot of %s",
                   has_memory(xml) ? "disks and memory" : "disks alone");
}

/* -------------------------------------------------------------------------------------- apply */

static void print_request(const struct action *action, const struct holds *holds, struct buf *out)
{
    char name[SNAPSHOT_NAME_MAX];

    name_of(&action->id, name);
    buf_printf(out, "<domainsnapshot><name>%s</name><description>", name);
    holds_print(holds, out);
    buf_add_cstr(out, "</description></domainsnapshot>");
}

static struct status create(virDomainPtr domain, const char *xml)
{
    static const unsigned ways[] = { 0, /* memory too, inside the image */
                                     VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY |
                                         VIR_DOMAIN_SNAPSHOT_CREATE_ATOMIC };
    struct status status = STATUS_SUCCESS;

    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        CLEANUP(libvirt_free_snapshot)
        virDomainSnapshotPtr made = virDomainSnapshotCreateXML(domain, xml, ways[i]);
        if (made != NULL) {
            return STATUS_SUCCESS;
        }
        status = libvirt_error("snapshot");
        if (status.code != STATUS_UNSUPPORTED) {
            return status;
        }
    }
    return status;
}

/* A repeated apply renews the lease that the description keeps. */
static struct status renew(virDomainPtr domain, virDomainSnapshotPtr snapshot,
                           const struct holds *holds)
{
    CLEANUP(buf_done) struct buf fresh = { 0 };
    struct slice old = { 0 };
    CLEANUP(cleanup_free)
    char *xml = virDomainSnapshotGetXMLDesc(snapshot, VIR_DOMAIN_SNAPSHOT_XML_SECURE);

    if (xml == NULL) {
        return libvirt_error("snapshot");
    }
    TRY(xml_text(own_part(xml), "description", &old));
    buf_add(&fresh, xml, (size_t)(old.ptr - xml));
    holds_print(holds, &fresh);
    buf_add_cstr(&fresh, old.ptr + old.len);
    CLEANUP(libvirt_free_snapshot)
    virDomainSnapshotPtr renewed =
        virDomainSnapshotCreateXML(domain, fresh.ptr, VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE);
    return renewed != NULL ? STATUS_SUCCESS : libvirt_error("snapshot");
}

struct status snapshot_apply(virDomainPtr domain, const struct action *action, int64_t now_ms)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    CLEANUP(buf_done) struct buf xml = { 0 };
    CLEANUP(libvirt_free_snapshot) virDomainSnapshotPtr present = NULL;
    struct holds *holds = ARENA_NEW(&arena, struct holds, 1);

    TRY(find(domain, &action->id, &present));
    TRY(holds_add(holds, action, now_ms));
    if (present != NULL) {
        return renew(domain, present, holds);
    }
    print_request(action, holds, &xml);
    return create(domain, xml.ptr);
}

struct status snapshot_undo(virDomainPtr domain, const struct action *action)
{
    CLEANUP(libvirt_free_snapshot) virDomainSnapshotPtr present = NULL;

    TRY(find(domain, &action->id, &present));
    if (present != NULL && virDomainSnapshotDelete(present, 0) != 0) {
        return libvirt_error("delete snapshot");
    }
    return STATUS_SUCCESS;
}

/* ------------------------------------------------------------------------------------- reading */

struct status snapshot_read(virDomainPtr domain, const struct action *action,
                            struct plane_reading *out)
{
    CLEANUP(libvirt_free_snapshot) virDomainSnapshotPtr present = NULL;

    out->verified_by = VERIFIED_SELF;
    TRY(find(domain, &action->id, &present));
    if (present == NULL) {
        (void)snprintf(out->detail, sizeof(out->detail), "no such snapshot");
        return STATUS_SUCCESS;
    }
    CLEANUP(cleanup_free) char *xml = virDomainSnapshotGetXMLDesc(present, 0);
    if (xml == NULL) {
        return libvirt_error("snapshot");
    }
    describe(xml, out);
    return STATUS_SUCCESS;
}

static struct status observe_one(virDomainSnapshotPtr snapshot, const char *domain, int64_t now_ms,
                                 struct blocking_controls *out)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct holds *holds = ARENA_NEW(&arena, struct holds, 1);
    const char *name = virDomainSnapshotGetName(snapshot);
    CLEANUP(cleanup_free) char *xml = NULL;

    if (name == NULL || !slice_starts(slice_from(name), SLICE(SNAPSHOT_PREFIX))) {
        return STATUS_SUCCESS;
    }
    xml = virDomainSnapshotGetXMLDesc(snapshot, 0);
    if (xml == NULL) {
        struct status status = libvirt_error("snapshot");
        return status.code == STATUS_NOT_FOUND ? STATUS_SUCCESS : status; /* deleted meanwhile */
    }
    struct status status = parse(xml, domain, holds);
    if (!status_ok(&status)) {
        return STATUS_SUCCESS;
    }
    struct plane_control control = { .action = holds->items[0].action };
    describe(xml, &control.reading);
    control.reading.lease_left_ms = hold_left_ms(&holds->items[0], now_ms);
    return blocking_controls_add(out, &control);
}

struct status snapshot_observe(virDomainPtr domain, int64_t now_ms, struct blocking_controls *out)
{
    virDomainSnapshotPtr *all = NULL;
    int count = virDomainListAllSnapshots(domain, &all, 0);
    struct status status = STATUS_SUCCESS;

    if (count < 0) {
        status = libvirt_error("snapshots");
        return status.code == STATUS_UNSUPPORTED ? STATUS_SUCCESS : status;
    }
    for (int i = 0; i < count; i++) {
        if (status_ok(&status)) {
            status = observe_one(all[i], virDomainGetName(domain), now_ms, out);
        }
        libvirt_free_snapshot(&all[i]);
    }
    free(all);
    return status;
}
