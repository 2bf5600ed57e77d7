/* Time zones of the system. Files are made here, as RFC 9636 lays them out; the system's own are
 * looked at where they are installed. */
#include "base/zone.h"

#include "base/buf.h"
#include "base/file.h"
#include "tests/suite.h"

#include <string.h>
#include <unistd.h>

static struct arena arena;

static void tear_down(void)
{
    arena_done(&arena);
}

static void put_be(struct buf *out, uint64_t value, unsigned bytes)
{
    for (unsigned i = bytes; i > 0; i--) {
        buf_add_char(out, (char)(value >> (i - 1) * 8U & 0xffU));
    }
}

static void put_header(struct buf *out, uint32_t times, uint32_t types)
{
    static const char zeros[15] = { 0 };

    buf_add_cstr(out, "TZif2");
    buf_add(out, zeros, sizeof(zeros));
    put_be(out, 0, 4);
    put_be(out, 0, 4);
    put_be(out, 0, 4);
    put_be(out, times, 4);
    put_be(out, types, 4);
    put_be(out, 1, 4);
}

static void put_type(struct buf *out, int32_t offset_s)
{
    put_be(out, (uint32_t)offset_s, 4);
    put_be(out, 0, 2);
}

/* Until 1000 s an offset of 2 h, then 1 h, then what the footer says. */
static void write_zone(const char *folder, const char *footer)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    const char *path = arena_printf(&arena, "%s/Area/Place", folder).ptr;

    put_header(&out, 0, 1);
    put_type(&out, 0);
    put_be(&out, 0, 1);
    put_header(&out, 1, 2);
    put_be(&out, 1000, 8);
    put_be(&out, 1, 1);
    put_type(&out, 2 * 3600);
    put_type(&out, 3600);
    put_be(&out, 0, 1);
    buf_printf(&out, "\n%s\n", footer);
    ASSERT_OK(file_store(path, buf_slice(&out), 0600));
}

static const char *make_folder(void)
{
    static unsigned made;
    const char *folder = arena_printf(&arena, "%s/%u", suite_folder(), made++).ptr;

    ASSERT_OK(file_make_folder(folder, 0700));
    ASSERT_OK(file_make_folder(arena_printf(&arena, "%s/Area", folder).ptr, 0700));
    ASSERT_OK(file_store(arena_printf(&arena, "%s/tzdata.zi", folder).ptr,
                         SLICE("# version 1\nZ Area/Place 1 - X\nZ EST -5 - EST\nL "
                               "Area/Place Area/Alias\nZ ../etc/passwd 0 - X\n"),
                         0600));
    return folder;
}

static struct slice offsets_text(const struct zone *zone)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    for (size_t i = 0; zone != NULL && i < zone->offset_count; i++) {
        buf_printf(&out, "%s%d", i > 0 ? " " : "", zone->offsets_min[i]);
    }
    return arena_copy(&arena, buf_slice(&out));
}

static void offsets_are_those_from_then_on(void)
{
    static const struct {
        const char *footer;
        int64_t since_s;
        const char *offsets;
    } cases[] = {
        { "", 0, "120 60" },
        { "", 1000, "60" },
        { "AAA-1", 5000, "60" },
        { "WET0WEST,M3.5.0/1,M10.5.0", 5000, "60 0" },
        { "CET-1CEST,M3.5.0,M10.5.0/3", 5000, "60 120" },
        { "<+0530>-5:30", 5000, "60 330" },
        { "<-03>3<-02>2,M1.1.0,M2.1.0", 5000, "60 -180 -120" },
        { "nonsense", 5000, "60" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *folder = make_folder();
        const struct slice text = SLICE("time: [mon 08:00-09:00 Area/Place, 10.0.0.0/8]");
        const struct zone *zones = NULL;
        size_t count = 0;
        write_zone(folder, cases[i].footer);
        ASSERT_OK(zones_load(&arena, folder, &text, 1, cases[i].since_s, &zones, &count));
        CU_ASSERT_EQUAL(count, 3);
        ASSERT_TEXT(offsets_text(zone_find(zones, count, SLICE("Area/Place"))), cases[i].offsets);
        ASSERT_TEXT(offsets_text(zone_find(zones, count, SLICE("Area/Alias"))), "");
        CU_ASSERT_PTR_NOT_NULL(zone_find(zones, count, SLICE("UTC")));
        CU_ASSERT_PTR_NULL(zone_find(zones, count, SLICE("EST")));
        CU_ASSERT_PTR_NULL(zone_find(zones, count, SLICE("../etc/passwd")));
    }
}

static void a_file_that_is_cut_off_is_refused_at_every_byte(void)
{
    const char *folder = make_folder();
    const char *path = arena_printf(&arena, "%s/Area/Place", folder).ptr;
    const struct slice text = SLICE("Area/Place");
    struct slice whole = { 0 };
    const struct zone *zones = NULL;
    size_t count = 0;

    write_zone(folder, "AAA-1");
    ASSERT_OK(file_load(&arena, path, 4096, &whole));
    size_t without_footer = whole.len - strlen("\nAAA-1\n");
    for (size_t len = 0; len < without_footer; len += 7) {
        ASSERT_OK(file_store(path, slice_sub(whole, 0, len), 0600));
        struct status loaded = zones_load(&arena, folder, &text, 1, 0, &zones, &count);
        CU_ASSERT_EQUAL(loaded.code, STATUS_CORRUPT);
    }
    ASSERT_OK(file_store(path, slice_sub(whole, 0, without_footer), 0600));
    ASSERT_OK(zones_load(&arena, folder, &text, 1, 0, &zones, &count));
}

static void without_a_database_there_are_no_zones(void)
{
    const struct zone *zones = NULL;
    size_t count = 0;
    struct status loaded = zones_load(&arena, suite_folder(), NULL, 0, 0, &zones, &count);

    CU_ASSERT_EQUAL(loaded.code, STATUS_NOT_FOUND);
}

static void the_zones_of_this_system_read(void)
{
    static const struct {
        const char *name;
        bool two; /* summer and winter */
    } cases[] = { { "Europe/Lisbon", true },
                  { "Asia/Kolkata", false },
                  { "America/Bogota", false },
                  { "America/New_York", true } };
    const struct slice text = SLICE("Europe/Lisbon Asia/Kolkata America/Bogota America/New_York");
    const struct zone *zones = NULL;
    size_t count = 0;

    if (access(ZONE_FOLDER "/tzdata.zi", R_OK) != 0) {
        (void)printf(" (there is no %s)", ZONE_FOLDER);
        return;
    }
    ASSERT_OK(zones_load(&arena, ZONE_FOLDER, &text, 1, INT64_C(1767225600), &zones, &count));
    CU_ASSERT_TRUE(count > 300 && count < ZONES_MAX);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct zone *zone = zone_find(zones, count, slice_from(cases[i].name));
        CU_ASSERT_PTR_NOT_NULL_FATAL(zone);
        CU_ASSERT_EQUAL(zone->offset_count, cases[i].two ? 2 : 1);
    }
    ASSERT_TEXT(offsets_text(zone_find(zones, count, SLICE("Asia/Kolkata"))), "330");
}

static CU_TestInfo tests[] = {
    { "offsets are those from then on", offsets_are_those_from_then_on },
    { "a file that is cut off is refused at every byte",
      a_file_that_is_cut_off_is_refused_at_every_byte },
    { "without a database there are no zones", without_a_database_there_are_no_zones },
    { "the zones of this system read", the_zones_of_this_system_read },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "zones", NULL, NULL, NULL, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
