/* What `--emit libvirt` prints, taken by a real libvirt: the domain is defined from it, its disk is
 * made from it, and what is read back is what the clauses said. */
#include "tests/integration/compute/provider.h"
#include "tests/unit/sla/worlds.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <string.h>

#include "base/file.h"
#include "sla/emit/desired.h"
#include "sla/emit/emit.h"

enum { MEMORY_MIB = 48, DISK_MIB = 4, VOLUME_TRIES = 50 };

static struct provider provider;
static struct bench bench;

static int start(void)
{
    struct status status = provider_start(&provider, "qemu", "system");

    if (status.code == STATUS_UNSUPPORTED) {
        suite_skip_all("%s", status.msg);
        return 0;
    }
    if (!status_ok(&status)) {
        (void)printf("\n    %s\n", status.msg);
    }
    return status_ok(&status) ? 0 : 1;
}

static int end(void)
{
    provider_end(&provider);
    return 0;
}

static void set_up(void)
{
    bench_start(&bench);
}

static void tear_down(void)
{
    bench_end(&bench);
}

static struct slice emitted(void)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  "    - {name: vm--1, plane: compute, layer: L2, node: n1, "
                                  "provider: dc, handle: \"<pacs> & co\", size: {cpu: 3, memory: "
                                  "48 MiB, disk: 4 MiB}}\n"));
    bench_add(&bench, text_sla(&bench, "shop",
                               "  targets: [{id: all}]\n  clauses:\n    - {id: rest--1, on: all, "
                               "term: encryption.rest, op: \">=\", value: provider}\n"));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    ASSERT_OK(sla_emit(sla_desired(&bench.arena, bench.world), SLA_EMITTER_LIBVIRT,
                       (struct slice){ 0 }, &out, NULL));
    return arena_copy(&bench.arena, buf_slice(&out));
}

/* What stands between the first <tag> and its end. */
static struct slice inside(struct slice xml, const char *tag)
{
    struct slice open = arena_printf(&bench.arena, "<%s>", tag);
    struct slice close = arena_printf(&bench.arena, "</%s>", tag);
    size_t from = slice_find_text(xml, open);
    size_t to = slice_find_text(xml, close);

    CU_ASSERT_FATAL(from < to && to < xml.len);
    return slice_sub(xml, from + open.len, to);
}

static void a_domain_is_defined_from_it_and_read_back(void)
{
    struct slice fragment = inside(emitted(), "domain");
    struct slice xml = arena_printf(&bench.arena,
                                    "<domain type=\"qemu\">%.*s<os><type arch=\"x86_64\">hvm</type>"
                                    "</os></domain>",
                                    SLICE_ARG(fragment));

    virDomainPtr domain =
        virDomainDefineXMLFlags(provider.held, xml.ptr, VIR_DOMAIN_DEFINE_VALIDATE);
    CU_ASSERT_PTR_NOT_NULL_FATAL(domain);
    CU_ASSERT_STRING_EQUAL(virDomainGetName(domain), "<pacs> & co");
    CU_ASSERT_EQUAL(virDomainGetMaxMemory(domain), MEMORY_MIB * 1024UL);
    CU_ASSERT_EQUAL(virDomainGetVcpusFlags(domain, VIR_DOMAIN_AFFECT_CONFIG), 3);
    char *kept = virDomainGetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, "urn:redan:sla:1",
                                      VIR_DOMAIN_AFFECT_CONFIG);
    CU_ASSERT_PTR_NOT_NULL_FATAL(kept);
    CU_ASSERT_PTR_NOT_NULL(strstr(kept, "path=\"shop/shop/rest--1\""));
    free(kept);
    CU_ASSERT_EQUAL(virDomainUndefine(domain), 0);
    (void)virDomainFree(domain);
}

/* The usage of its passphrase is the name that the volume gives it. */
static void define_secret(void)
{
    static const unsigned char passphrase[] = "correct horse";
    virSecretPtr secret = virSecretDefineXML(
        provider.held,
        "<secret ephemeral=\"yes\"><usage type=\"volume\"><volume>store/vm--1</volume></usage>"
        "</secret>",
        0);

    CU_ASSERT_PTR_NOT_NULL_FATAL(secret);
    CU_ASSERT_EQUAL_FATAL(virSecretSetValue(secret, passphrase, sizeof(passphrase) - 1, 0), 0);
    (void)virSecretFree(secret);
}

/* qemu-img measures how much work a passphrase should cost, and gives up where the clock of its
 * thread stood still meanwhile, as it does on a busy guest: then it is asked again. */
static virStorageVolPtr make_volume(virStoragePoolPtr pool, const char *xml)
{
    virStorageVolPtr volume = NULL;

    for (int tries = 0; volume == NULL && tries < VOLUME_TRIES; tries++) {
        volume = virStorageVolCreateXML(pool, xml, 0);
        if (volume == NULL && strstr(virGetLastErrorMessage(), "accurate CPU usage") == NULL) {
            (void)printf("\n    %s\n", virGetLastErrorMessage());
            return NULL;
        }
    }
    return volume;
}

static void its_disk_is_made_encrypted(void)
{
    static const char luks[] = { 'L', 'U', 'K', 'S', (char)0xba, (char)0xbe };
    struct slice fragment = inside(emitted(), "volume");
    struct slice pool_xml =
        arena_printf(&bench.arena,
                     "<pool type=\"dir\"><name>disks</name><target><path>%s</path>"
                     "</target></pool>",
                     provider.folder);
    struct slice volume_xml =
        arena_printf(&bench.arena, "<volume>%.*s</volume>", SLICE_ARG(fragment));
    virStorageVolInfo info;
    struct slice bytes;

    define_secret();
    virStoragePoolPtr pool = virStoragePoolCreateXML(provider.held, pool_xml.ptr, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(pool);
    virStorageVolPtr volume = make_volume(pool, volume_xml.ptr);
    CU_ASSERT_PTR_NOT_NULL_FATAL(volume);
    CU_ASSERT_EQUAL(virStorageVolGetInfo(volume, &info), 0);
    CU_ASSERT_EQUAL(info.capacity, DISK_MIB * 1024UL * 1024UL);
    char *path = virStorageVolGetPath(volume);
    CU_ASSERT_PTR_NOT_NULL_FATAL(path);
    ASSERT_OK(file_load(&bench.arena, path, 64UL * 1024 * 1024, &bytes));
    CU_ASSERT(slice_starts(bytes, (struct slice){ luks, sizeof(luks) }));
    free(path);
    (void)virStorageVolDelete(volume, 0);
    (void)virStorageVolFree(volume);
    (void)virStoragePoolDestroy(pool);
    (void)virStoragePoolFree(pool);
}

static CU_TestInfo tests[] = {
    { "a domain is defined from it and read back", a_domain_is_defined_from_it_and_read_back },
    { "its disk is made encrypted", its_disk_is_made_encrypted },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "emitted domain", start, end, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
