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

/* Offsets of zones of the system, as zdump(8) prints them around their switches. */
static void a_time_has_the_offset_of_its_season(void)
{
    static const struct {
        const char *rule;
        int64_t utc_s;
        int offset_min;
    } cases[] = {
        { "WET0WEST,M3.5.0/1,M10.5.0", 1774745999, 0 },      /* 2026-03-29 00:59:59 */
        { "WET0WEST,M3.5.0/1,M10.5.0", 1774746000, 60 },     /* 01:00 */
        { "WET0WEST,M3.5.0/1,M10.5.0", 1792889999, 60 },     /* 2026-10-25 00:59:59 */
        { "WET0WEST,M3.5.0/1,M10.5.0", 1792890000, 0 },      /* 01:00 */
        { "EST5EDT,M3.2.0,M11.1.0", 1772953199, -300 },      /* 2026-03-08 06:59:59 */
        { "EST5EDT,M3.2.0,M11.1.0", 1772953200, -240 },      /* 07:00 */
        { "AEST-10AEDT,M10.1.0,M4.1.0/3", 1767225600, 660 }, /* the southern summer */
        { "AEST-10AEDT,M10.1.0,M4.1.0/3", 1782864000, 600 },
        { "IST-1GMT0,M10.5.0,M3.5.0/1", 1767225600, 0 }, /* winter time is the one put back */
        { "IST-1GMT0,M10.5.0,M3.5.0/1", 1782864000, 60 },
        { "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1774745999, -120 },
        { "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1774746000, -60 },
        { "<+0330>-3:30<+0430>,J79/24,J263/24", 1774038599, 210 }, /* 2026-03-20 20:29:59 */
        { "<+0330>-3:30<+0430>,J79/24,J263/24", 1774038600, 270 },
        { "XXX3EDT4,0/0,J365/23", 1767225600 + 43200, -240 }, /* summer all the year */
        { "XXX0YYY,59,J60", 1709164800 + 3600, 0 },           /* 29 February 2024, 01:00 */
        { "XXX0YYY,59,J60", 1709164800 + 7200, 60 },
        { "<+0530>-5:30", 1774746000, 330 },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct zone_rule rule = { 0 };
        CU_ASSERT_TRUE_FATAL(zone_rule_parse(slice_from(cases[i].rule), &rule));
        int32_t offset_s = zone_rule_offset_s(&rule, cases[i].utc_s);
        if (offset_s != cases[i].offset_min * 60) {
            (void)printf("\n    %s at %lld: %d s", cases[i].rule, (long long)cases[i].utc_s,
                         offset_s);
        }
        CU_ASSERT_EQUAL(offset_s, cases[i].offset_min * 60);
    }
}

static void what_is_no_rule_is_refused(void)
{
    static const char *const cases[] = {
        "",
        "0",
        "WET",
        "WET0WEST",
        "WET0WEST,M3.5.0",
        "WET168",
        "WET0:60",
        "WET0WEST,J0,1",
        "WET0 ",
        "WET0WEST,M13.1.0,M1.1.0",
        "WET0WEST,366,1",
        "WET0WEST,M3.0.0,M1.1.0",
        "WET0WEST,M3.5.7,M1.1.0",
        "<+03",
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct zone_rule rule = { 0 };
        CU_ASSERT_FALSE(zone_rule_parse(slice_from(cases[i]), &rule));
    }
}

static void a_zone_tells_its_offset_at_any_time(void)
{
    static const struct {
        const char *footer;
        int64_t utc_s;
        int offset_min;
    } cases[] = {
        { "AAA-1", INT64_MIN, 120 }, { "AAA-1", 999, 120 },
        { "AAA-3", 1000, 180 },      { "nonsense", 1000, 60 },
        { "", INT64_MAX / 2, 60 },   { "WET0WEST,M3.5.0/1,M10.5.0", 1782864000, 60 },
    };
    const struct slice text = SLICE("Area/Place");
    const struct zone *zones = NULL;
    size_t count = 0;
    int16_t offset_min = 0;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *folder = make_folder();
        write_zone(folder, cases[i].footer);
        ASSERT_OK(zones_load(&arena, folder, &text, 1, 0, &zones, &count));
        const struct zone *zone = zone_find(zones, count, text);
        CU_ASSERT_PTR_NOT_NULL_FATAL(zone);
        CU_ASSERT_TRUE(zone_offset_at(zone, cases[i].utc_s, &offset_min));
        CU_ASSERT_EQUAL(offset_min, cases[i].offset_min);
    }
    CU_ASSERT_FALSE(zone_offset_at(zone_find(zones, count, SLICE("UTC")), 0, &offset_min));
}

static void a_file_that_is_cut_off_says_nothing_at_any_byte(void)
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
        ASSERT_OK(zones_load(&arena, folder, &text, 1, 0, &zones, &count));
        CU_ASSERT_TRUE(zone_find(zones, count, text)->is_unread);
        CU_ASSERT_EQUAL(zone_find(zones, count, text)->offset_count, 0);
    }
    ASSERT_OK(file_store(path, slice_sub(whole, 0, without_footer), 0600));
    ASSERT_OK(zones_load(&arena, folder, &text, 1, 0, &zones, &count));
    CU_ASSERT_FALSE(zone_find(zones, count, text)->is_unread);
}

/* One word in a comment must not take the other zones away. */
static void a_missing_file_leaves_the_other_zones_as_they_are(void)
{
    static const struct {
        const char *zone, *offsets;
        bool is_unread;
    } cases[] = {
        { "Area/Place", "120 60", false },
        { "Area/Alias", "120 60", false }, /* by its target */
        { "Area/Gone", "", true },
        { "Area/Lost", "", true }, /* neither it nor its target */
        { "Area/Up", "", true },   /* never outside of the folder */
    };
    const struct slice text =
        SLICE("# was Area/Gone, Area/Lost, Area/Up\ntime: mon 08:00-09:00 Area/Place, Area/Alias");
    const char *folder = make_folder();
    const struct zone *zones = NULL;
    size_t count = 0;

    ASSERT_OK(file_store(arena_printf(&arena, "%s/tzdata.zi", folder).ptr,
                         SLICE("Z Area/Place 1 - X\nZ Area/Gone 1 - X\nL Area/Place Area/Alias\n"
                               "L Area/Gone Area/Lost\nL ../Area/Place Area/Up\n"),
                         0600));
    write_zone(folder, "");
    ASSERT_OK(zones_load(&arena, folder, &text, 1, 0, &zones, &count));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct zone *zone = zone_find(zones, count, slice_from(cases[i].zone));
        CU_ASSERT_PTR_NOT_NULL_FATAL(zone);
        ASSERT_TEXT(offsets_text(zone), cases[i].offsets);
        CU_ASSERT_EQUAL(zone->is_unread, cases[i].is_unread);
    }
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
    { "a time has the offset of its season", a_time_has_the_offset_of_its_season },
    { "what is no rule is refused", what_is_no_rule_is_refused },
    { "a zone tells its offset at any time", a_zone_tells_its_offset_at_any_time },
    { "a file that is cut off says nothing at any byte",
      a_file_that_is_cut_off_says_nothing_at_any_byte },
    { "a missing file leaves the other zones as they are",
      a_missing_file_leaves_the_other_zones_as_they_are },
    { "without a database there are no zones", without_a_database_there_are_no_zones },
    { "the zones of this system read", the_zones_of_this_system_read },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "zones", NULL, NULL, NULL, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
