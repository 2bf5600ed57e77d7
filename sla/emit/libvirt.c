#include "sla/emit/priv.h"

#include <string.h>

/* Domains and their disks, as far as SLAs and U-Clouds determine them: fragments in libvirt's XML
 * (libvirt.org: formatdomain, formatstorage, formatstorageencryption) below one root. Machine type,
 * devices and networks are the provider's. What is asked of a domain goes along in its metadata,
 * which libvirt keeps and gives back. No comments: names of the language may hold two hyphens. */

#define NAMESPACE "urn:redan:sla:1"

/* Free text. A control character has no spelling in XML 1.0, section 2.2. */
static void put_text(struct emit *emit, struct slice text)
{
    static const struct {
        char byte;
        const char *escaped;
    } escapes[] = {
        { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" }, { '\'', "&apos;" },
    };

    for (size_t i = 0; i < text.len; i++) {
        const char *escaped = NULL;
        if ((unsigned char)text.ptr[i] < ' ') {
            emit_fail(emit, "`%.*s` holds a control character", SLICE_ARG(text));
            return;
        }
        for (size_t j = 0; j < COUNT_OF(escapes) && escaped == NULL; j++) {
            escaped = text.ptr[i] == escapes[j].byte ? escapes[j].escaped : NULL;
        }
        if (escaped != NULL) {
            buf_add_cstr(emit->out, escaped);
        } else {
            buf_add_char(emit->out, text.ptr[i]);
        }
    }
}

/* --- disks ------------------------------------------------------------------------------------ */

/* Passphrases are kept by the libvirtd of the host, whoever brings them: that is the provider's
 * encryption, and no more. Who encrypts inside the domain needs nothing of libvirt. */
static bool is_told(const struct desired_fact *fact)
{
    return strcmp(fact->term, "encryption.rest") == 0 && fact->kind == DESIRED_WORD &&
           (strcmp(fact->word, "none") == 0 || strcmp(fact->word, "provider") == 0);
}

static bool is_encrypted(const struct desired_item *item)
{
    const struct desired_fact *fact =
        item != NULL ? desired_fact_of(item, "encryption.rest") : NULL;

    return fact != NULL && is_told(fact) && strcmp(fact->word, "provider") == 0;
}

/* libvirt hands a volume's name to qemu-img as an id, which `handle` need not be. */
static void put_volume(struct emit *emit, size_t resource, const struct desired_item *item)
{
    const struct resource *at = &emit->desired->policies->resources[resource];

    if (at->size.disk_bytes == 0 && !is_encrypted(item)) {
        return;
    }
    buf_add_cstr(emit->out, "  <volume>\n    <name>redan.");
    emit_name(emit, at->ucloud);
    buf_add_char(emit->out, '.');
    emit_name(emit, at->name);
    buf_add_cstr(emit->out, "</name>\n");
    if (at->size.disk_bytes > 0) {
        buf_printf(emit->out, "    <capacity unit=\"bytes\">%llu</capacity>\n",
                   (unsigned long long)at->size.disk_bytes);
    }
    if (is_encrypted(item)) {
        buf_add_cstr(emit->out, "    <target>\n      <encryption format=\"luks\">\n"
                                "        <secret type=\"passphrase\" usage=\"");
        emit_resource(emit, resource);
        buf_add_cstr(emit->out, "\"/>\n      </encryption>\n    </target>\n");
    }
    buf_add_cstr(emit->out, "  </volume>\n");
}

/* --- domains ---------------------------------------------------------------------------------- */

static void put_fact(struct emit *emit, const struct desired_fact *fact)
{
    buf_printf(emit->out, "        <redan:fact term=\"%s\" value=\"", fact->term);
    put_text(emit, fact->text);
    buf_printf(emit->out, "\" told=\"%s\">\n", is_told(fact) ? "yes" : "no");
    for (size_t i = 0; i < fact->origin.count; i++) {
        if (!emit_is_repeated(&fact->origin, i)) {
            buf_add_cstr(emit->out, "          <redan:clause path=\"");
            emit_path(emit, fact->origin.clauses[i]);
            buf_add_cstr(emit->out, "\"/>\n");
        }
    }
    buf_add_cstr(emit->out, "        </redan:fact>\n");
}

static void put_domain(struct emit *emit, size_t resource, const struct desired_item *item)
{
    const struct resource *at = &emit->desired->policies->resources[resource];

    buf_add_cstr(emit->out, "  <domain>\n    <name>");
    put_text(emit, at->handle);
    buf_add_cstr(emit->out, "</name>\n    <metadata>\n      <redan:sla xmlns:redan=\"" NAMESPACE
                            "\" resource=\"");
    emit_resource(emit, resource);
    buf_add_cstr(emit->out, "\">\n");
    for (size_t i = 0; item != NULL && i < item->fact_count; i++) {
        put_fact(emit, &item->facts[i]);
    }
    buf_add_cstr(emit->out, "      </redan:sla>\n    </metadata>\n");
    if (at->size.cpus > 0) {
        buf_printf(emit->out, "    <vcpu>%u</vcpu>\n", at->size.cpus);
    }
    if (at->size.memory_bytes > 0) {
        buf_printf(emit->out, "    <memory unit=\"bytes\">%llu</memory>\n",
                   (unsigned long long)at->size.memory_bytes);
    }
    buf_add_cstr(emit->out, "  </domain>\n");
    put_volume(emit, resource, item);
}

static void put_not_held(struct emit *emit)
{
    for (size_t i = 0; i < emit->desired->not_held_count; i++) {
        const struct desired_not_held *entry = &emit->desired->not_held[i];
        buf_add_cstr(emit->out, "  <redan:not-held clause=\"");
        emit_path(emit, entry->clause);
        buf_add_cstr(emit->out, "\">");
        put_text(emit, slice_from(desired_reason_text(entry->reason)));
        if (entry->conflict.len > 0) {
            buf_add_char(emit->out, ' ');
            put_text(emit, entry->conflict);
        }
        if (entry->when.len > 0) {
            buf_add_cstr(emit->out, ": {");
            put_text(emit, entry->when);
            buf_add_char(emit->out, '}');
        }
        buf_add_cstr(emit->out, "</redan:not-held>\n");
    }
}

/* A machine is there to be made by its size alone, but for a part of the world that is not about
 * it: there where a clause asks. */
bool emit_is_domain(const struct desired *desired, size_t resource, const struct desired_item *item)
{
    const struct resource *at = &desired->policies->resources[resource];
    bool has_size = at->size.cpus > 0 || at->size.memory_bytes > 0 || at->size.disk_bytes > 0;

    return at->plane == PLANE_COMPUTE && at->kind == KIND_VM &&
           (item != NULL || (has_size && (!desired->is_part || desired->alone == resource)));
}

void emit_libvirt(struct emit *emit)
{
    const struct desired *desired = emit->desired;
    size_t next = 0;

    buf_printf(emit->out,
               "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
               "<redan:desired xmlns:redan=\"" NAMESPACE "\" target=\"%s\" world=\"sha256:%s\">\n",
               emit->target, desired->policies->digest);
    for (size_t i = 0; i < desired->policies->resource_count; i++) {
        while (next < desired->item_count && desired->items[next].resource < i) {
            next++;
        }
        bool asked = next < desired->item_count && desired->items[next].resource == i;
        const struct desired_item *item = asked ? &desired->items[next] : NULL;
        if (emit_is_domain(desired, i, item)) {
            put_domain(emit, i, item);
        }
    }
    put_not_held(emit);
    buf_add_cstr(emit->out, "</redan:desired>\n");
}
