#include "planes/compute/domain_note.h"

#include <libvirt/virterror.h>

#include "planes/compute/libvirt_link.h"
#include "planes/compute/libvirt_plane.h"

#define NOTE_ELEMENT "controls"
#define NOTE_PREFIX  "redan"

struct status xml_text(struct slice xml, const char *name, struct slice *out)
{
    CLEANUP(buf_done) struct buf mark = { 0 };

    buf_printf(&mark, "<%s>", name);
    size_t begin = slice_find_text(xml, buf_slice(&mark));
    if (begin == xml.len) {
        return status_error(STATUS_NOT_FOUND, "no <%s>", name);
    }
    struct slice rest = slice_sub(xml, begin + mark.len, xml.len);
    size_t end = slice_find(rest, '<');
    if (end == rest.len) {
        return status_error(STATUS_NOT_FOUND, "<%s> has no end", name);
    }
    *out = slice_sub(rest, 0, end);
    return STATUS_SUCCESS;
}

struct status domain_note_load(virDomainPtr domain, struct holds *out)
{
    struct slice text = { 0 };
    CLEANUP(cleanup_free)
    char *xml = virDomainGetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, LIBVIRT_CONTROL_NS,
                                     VIR_DOMAIN_AFFECT_CURRENT);

    if (xml == NULL) {
        const virError *error = virGetLastError();
        if (error != NULL && error->code == VIR_ERR_NO_DOMAIN_METADATA) {
            *out = (struct holds){ 0 };
            return STATUS_SUCCESS;
        }
        return libvirt_error("metadata");
    }
    struct status found = xml_text(slice_from(xml), NOTE_ELEMENT, &text);
    if (!status_ok(&found)) {
        found.code = STATUS_CORRUPT;
        return status_wrap(found, "metadata");
    }
    TRY(status_wrap(holds_parse(text, out), "metadata"));
    return holds_claim(out, ACTION_COMPUTE_SUSPEND, virDomainGetName(domain));
}

/* The running domain and, where there is one, its stored definition. */
static unsigned everywhere(virDomainPtr domain)
{
    unsigned flags = VIR_DOMAIN_AFFECT_CURRENT;

    if (virDomainIsActive(domain) == 1) {
        flags |= VIR_DOMAIN_AFFECT_LIVE;
    }
    if (virDomainIsPersistent(domain) == 1) {
        flags |= VIR_DOMAIN_AFFECT_CONFIG;
    }
    return flags;
}

struct status domain_note_store(virDomainPtr domain, const struct holds *holds)
{
    CLEANUP(buf_done) struct buf xml = { 0 };

    buf_add_cstr(&xml, "<" NOTE_ELEMENT ">");
    holds_print(holds, &xml);
    buf_add_cstr(&xml, "</" NOTE_ELEMENT ">");
    if (virDomainSetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, holds->count > 0 ? xml.ptr : NULL,
                             NOTE_PREFIX, LIBVIRT_CONTROL_NS, everywhere(domain)) != 0) {
        return libvirt_error("metadata");
    }
    return STATUS_SUCCESS;
}
