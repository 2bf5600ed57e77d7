#include "base/config.h"
#include "base/file.h"
#include "base/parse.h"
#include "tests/suite.h"

struct sensor {
    int kind;
    struct slice path;
    uint32_t rate;
};
struct limits {
    uint64_t spool_bytes;
    bool strict;
};
struct sample {
    struct slice listen;
    uint32_t retries;
    int64_t timeout_ms;
    struct slice name;
    struct config_texts peers;
    struct limits limits;
    struct config_tables sensors;
};

static const char *const kinds[] = { "file", "journald", NULL };
static const struct config_row sensor_rows[] = {
    { .key = "kind",
      .kind = CONFIG_ENUM,
      .offset = offsetof(struct sensor, kind),
      .required = true,
      .doc = "What is read.",
      .names = kinds },
    { .key = "path",
      .kind = CONFIG_PATH,
      .offset = offsetof(struct sensor, path),
      .doc = "Where it is." },
    { .key = "rate",
      .kind = CONFIG_U32,
      .offset = offsetof(struct sensor, rate),
      .min = 1,
      .max = 1000,
      .fallback = "10",
      .doc = "Lines a second." },
};
static struct status check_sensor(const void *values)
{
    const struct sensor *sensor = values;

    if (sensor->kind == 0 && sensor->path.len == 0) {
        return status_error(STATUS_INVALID, "a file sensor needs a path");
    }
    return STATUS_SUCCESS;
}
static const struct config_table sensor_table = { .name = "sensor",
                                                  .doc = "Something that is watched.",
                                                  .size = sizeof(struct sensor),
                                                  .rows = sensor_rows,
                                                  .row_count = COUNT_OF(sensor_rows),
                                                  .check = check_sensor };
static const struct config_row limit_rows[] = {
    { .key = "spool",
      .kind = CONFIG_BYTES,
      .offset = offsetof(struct limits, spool_bytes),
      .min = 1024,
      .max = 1 << 30,
      .fallback = "64 MiB",
      .doc = "Room on disk." },
    { .key = "strict",
      .kind = CONFIG_BOOL,
      .offset = offsetof(struct limits, strict),
      .fallback = "true",
      .doc = "Whether to be strict." },
};
static const struct config_table limit_table = { .name = "limits",
                                                 .doc = "How much of everything.",
                                                 .size = sizeof(struct limits),
                                                 .rows = limit_rows,
                                                 .row_count = COUNT_OF(limit_rows) };

static struct status check_name(struct slice text)
{
    return slice_is(text, "root") ? status_error(STATUS_INVALID, "not `root`, please")
                                  : STATUS_SUCCESS;
}
static struct status check_sample(const void *values)
{
    const struct sample *checked = values;

    if (checked->retries == 0 && checked->timeout_ms > 0) {
        return status_error(STATUS_INVALID, "a timeout without a retry is of no use");
    }
    return STATUS_SUCCESS;
}
static const struct config_row rows[] = {
    { .key = "listen",
      .kind = CONFIG_ADDRESS,
      .offset = offsetof(struct sample, listen),
      .required = true,
      .doc = "Where to listen." },
    { .key = "retries",
      .kind = CONFIG_U32,
      .offset = offsetof(struct sample, retries),
      .max = 9,
      .fallback = "3",
      .doc = "How often to try again." },
    { .key = "timeout",
      .kind = CONFIG_DURATION,
      .offset = offsetof(struct sample, timeout_ms),
      .min = 1000,
      .max = 3600000,
      .fallback = "5 s",
      .doc = "How long to wait." },
    { .key = "name",
      .kind = CONFIG_TEXT,
      .offset = offsetof(struct sample, name),
      .min = 2,
      .max = 8,
      .doc = "Its name.",
      .check = check_name },
    { .key = "peers",
      .kind = CONFIG_TEXTS,
      .offset = offsetof(struct sample, peers),
      .max = 3,
      .doc = "Whom to talk to.",
      .check = check_name },
    { .key = "limits",
      .kind = CONFIG_TABLE,
      .offset = offsetof(struct sample, limits),
      .doc = "Limits.",
      .table = &limit_table },
    { .key = "sensors",
      .kind = CONFIG_TABLES,
      .offset = offsetof(struct sample, sensors),
      .doc = "What to watch.",
      .table = &sensor_table },
};
static const struct config_table table = { .name = "sample.yaml",
                                           .doc = "Settings of a sample.",
                                           .size = sizeof(struct sample),
                                           .rows = rows,
                                           .row_count = COUNT_OF(rows),
                                           .check = check_sample };

static struct arena arena;
static struct diag_list diags;
static struct diag_source source;
static struct sample sample;
static struct buf out;

static void set_up(void)
{
    arena = (struct arena){ 0 };
    out = (struct buf){ 0 };
}

static void tear_down(void)
{
    buf_done(&out);
    arena_done(&arena);
}

static bool read_text(struct slice text)
{
    diag_list_init(&diags, &arena);
    source = (struct diag_source){ "s.yaml", text };
    return config_read(&arena, &source, &table, &sample, &diags);
}

static void values_land_in_the_struct(void)
{
    CU_ASSERT_TRUE(
        read_text(SLICE("listen: tcp://[::1]:7400\nretries: 0\ntimeout: 1 s\n"
                        "name: \"a b\"\npeers: [x, y z]\n"
                        "limits: {spool: 1 GiB, strict: false}\n"
                        "sensors:\n  - kind: journald\n  - {kind: file, path: /a b}\n")) ==
        false); /* retries 0 with a timeout breaks the table's own rule */
    CU_ASSERT_EQUAL(diags.errors, 1);
    CU_ASSERT_EQUAL(diags.first->code, 706);
    ASSERT_TEXT(sample.listen, "tcp://[::1]:7400");
    CU_ASSERT_EQUAL(sample.timeout_ms, 1000);
    ASSERT_TEXT(sample.name, "a b");
    CU_ASSERT_EQUAL(sample.peers.count, 2);
    ASSERT_TEXT(sample.peers.items[1], "y z");
    CU_ASSERT_EQUAL(sample.limits.spool_bytes, 1U << 30);
    CU_ASSERT_FALSE(sample.limits.strict);
    CU_ASSERT_EQUAL(sample.sensors.count, 2);
    const struct sensor *sensors = sample.sensors.items;
    CU_ASSERT_EQUAL(sensors[0].kind, 1);
    ASSERT_TEXT(sensors[1].path, "/a b");
    CU_ASSERT_EQUAL(sensors[1].rate, 10);
}

static void what_is_absent_has_its_default(void)
{
    CU_ASSERT_TRUE(read_text(SLICE("listen: x\n")));
    CU_ASSERT_EQUAL(sample.retries, 3);
    CU_ASSERT_EQUAL(sample.timeout_ms, 5000);
    CU_ASSERT_EQUAL(sample.limits.spool_bytes, 64U << 20);
    CU_ASSERT_TRUE(sample.limits.strict);
    CU_ASSERT_EQUAL(sample.name.len, 0);
    CU_ASSERT_EQUAL(sample.sensors.count, 0);
    CU_ASSERT_FALSE(read_text(SLICE("")));
    CU_ASSERT_EQUAL(diags.first->code, 703);
}

/* A file and the findings it gives: "LINE:COL CODE label". */
static const struct {
    const char *text;
    const char *wanted;
} mistakes[] = {
    { "listen: x\nretrys: 1\n", "2:1 701 ;did you mean `retries`?" },
    { "listen: x\nnonsense: 1\n", "2:1 701 ;keys here are `listen`, `retries`, `timeout`, `name`, "
                                  "`peers`, `limits`, `sensors`" },
    { "listen: x\nretries: 10\n", "2:10 702 `10` is not a number from 0 to 9" },
    { "listen: x\nretries: -1\n", "2:10 702 `-1` is not a number from 0 to 9" },
    { "listen: x\nretries: [1]\n", "2:10 704 expected a single value" },
    { "listen: x\ntimeout: 5 parsecs\n",
      "2:10 702 `5 parsecs` is not a duration (like `30 s`, `5m`, `1.5h`, `30d`)" },
    { "listen: x\ntimeout: 1 ms\n", "2:10 702 `1 ms` is not a duration from 1 s to 1 h" },
    { "listen: x y\n", "1:9 702 expected an address without blanks" },
    { "listen: ''\n", "1:9 702 expected a path, got nothing" },
    { "listen: x\nname: a\n", "2:7 702 expected a text of 2 to 8 bytes, got 1" },
    { "listen: x\nname: \"a\\0b\"\n", "2:7 702 expected a text without a NUL byte" },
    { "listen: x\nname: root\n", "2:7 702 not `root`, please" },
    { "listen: x\npeers: [a, root]\n", "2:12 702 not `root`, please" },
    { "listen: x\npeers: [a, b, c, d]\n", "2:8 702 expected 0 to 3 items, got 4" },
    { "listen: x\npeers: a\n", "2:8 704 expected a list" },
    { "listen: x\npeers: [[a]]\n", "2:9 704 expected a single value" },
    { "listen: x\nlimits: 3\n", "2:9 704 expected a mapping" },
    { "listen: x\nlimits: {spool: 1}\n",
      "2:17 702 `1` is not a size from 1024 to 1073741824 bytes" },
    { "listen: x\nlimits: {spool: big}\n",
      "2:17 702 `big` is not a size (like `64 KiB`, `10 GB`)" },
    { "listen: x\nlimits: {strict: yes}\n", "2:18 702 `yes` is not `true` or `false`" },
    { "listen: x\nsensors: {}\n", "2:10 704 expected a list" },
    { "listen: x\nsensors: [a]\n", "2:11 704 expected a mapping" },
    { "listen: x\nsensors: [{kind: pipe}]\n", "2:18 702 `pipe` is none of `file`, `journald`" },
    { "listen: x\nsensors: [{}]\n", "2:11 703 ;kind: What is read." },
    { "listen: x\nsensors: [{kind: file}]\n", "2:11 706 ;sensor: Something that is watched." },
    { "retries: 1\n", "1:1 703 ;listen: Where to listen." },
    { "- a\n", "1:1 704 expected a mapping" },
    { "listen: x\n---\nlisten: y\n", "3:1 705 ;a configuration is one document: remove the `---`" },
    { "listen: x\n---\n", "3:1 705 ;a configuration is one document: remove the `---`" },
    { "listen: x\nlisten: y\n", "2:1 106 ;keep one of them" },
    { "listen: x\n<<: y\n", "2:1 107 expected a name" },
};

static struct slice first_finding(void)
{
    const struct diag *diag = diags.first;
    bool by_label = diag->label.len > 0;

    return arena_printf(&arena, "%u:%u %u %s%.*s", diag->span.line, diag_span_start(diag->span).col,
                        diag->code, by_label ? "" : ";",
                        SLICE_ARG(by_label ? diag->label : diag->helps->text));
}

static void mistakes_are_named_with_their_place(void)
{
    for (size_t i = 0; i < COUNT_OF(mistakes); i++) {
        CU_ASSERT_FALSE(read_text(slice_from(mistakes[i].text)));
        CU_ASSERT_EQUAL(diags.errors, 1);
        ASSERT_TEXT(diags.first != NULL ? first_finding() : SLICE("none"), mistakes[i].wanted);
    }
}

static void all_mistakes_come_in_one_run(void)
{
    CU_ASSERT_FALSE(
        read_text(SLICE("retries: many\ntimeout: soon\nlimit: 1\nlimits: {spol: 1}\n")));
    CU_ASSERT_EQUAL(diags.errors, 5);
}

static void what_is_printed_reads_back(void)
{
    struct sample again;

    CU_ASSERT_TRUE(
        read_text(SLICE(
            "listen: tcp://0.0.0.0:1\nretries: 2\ntimeout: 90 s\nname: \"\\\"q\\\\\\t\\u0085\"\n"
            "peers: ['', '- a', \"#x\", plain, ]\n"
            "sensors: [{kind: journald}, {kind: file, path: \"/a: b\", rate: 7}]\n")) ==
        false); /* four peers are one too many */
    CU_ASSERT_TRUE(read_text(
        SLICE("listen: tcp://0.0.0.0:1\nretries: 2\ntimeout: 90 s\nname: \"\\\"q\\\\\\t\\u0085\"\n"
              "peers: ['', '- a', \"#x\"]\n"
              "sensors: [{kind: journald}, {kind: file, path: \"/a: b\", rate: 7}]\n")));
    struct sample before = sample;
    config_print(&table, &sample, &out);
    ASSERT_TEXT(buf_slice(&out), "listen: \"tcp://0.0.0.0:1\"\nretries: 2\ntimeout: 90 s\n"
                                 "name: \"\\\"q\\\\\\u0009\\u0085\"\n"
                                 "peers: [\"\", \"- a\", \"#x\"]\n"
                                 "limits:\n  spool: 64 MiB\n  strict: true\n"
                                 "sensors:\n  - kind: journald\n    rate: 10\n"
                                 "  - kind: file\n    path: \"/a: b\"\n    rate: 7\n");
    CU_ASSERT_TRUE(read_text(buf_slice(&out)));
    again = sample;
    CU_ASSERT_TRUE(slice_eq(before.name, again.name));
    CU_ASSERT_EQUAL(again.sensors.count, 2);
    CU_ASSERT_TRUE(slice_eq(before.peers.items[0], again.peers.items[0]));
    buf_clear(&out);
    config_defaults(&arena, &table, &sample);
    config_print(&table, &sample, &out);
    ASSERT_TEXT(buf_slice(&out), "retries: 3\ntimeout: 5 s\npeers: []\n"
                                 "limits:\n  spool: 64 MiB\n  strict: true\nsensors: []\n");
}

static void sizes_print_in_their_largest_unit(void)
{
    CU_ASSERT_TRUE(read_text(SLICE("listen: x\nlimits: {spool: 3000}\n")));
    config_print(&table, &sample, &out);
    CU_ASSERT_TRUE(slice_find_text(buf_slice(&out), SLICE("spool: 3000\n")) < out.len);
    buf_clear(&out);
    CU_ASSERT_TRUE(read_text(SLICE("listen: x\nlimits: {spool: 3 KiB}\n")));
    config_print(&table, &sample, &out);
    CU_ASSERT_TRUE(slice_find_text(buf_slice(&out), SLICE("spool: 3 KiB\n")) < out.len);
}

static void the_manual_lists_every_key(void)
{
    config_print_manual(&table, &out);
    ASSERT_TEXT(buf_slice(&out),
                "## sample.yaml\n\nSettings of a sample.\n\n"
                "| key | type | default | meaning |\n|---|---|---|---|\n"
                "| `listen` | address | required | Where to listen. |\n"
                "| `retries` | number | `3` | How often to try again. |\n"
                "| `timeout` | duration | `5 s` | How long to wait. |\n"
                "| `name` | text | | Its name. |\n"
                "| `peers` | list of texts | | Whom to talk to. |\n"
                "| `limits` | mapping (limits) | | Limits. |\n"
                "| `sensors` | list of mappings (sensor) | | What to watch. |\n"
                "\n## limits\n\nHow much of everything.\n\n"
                "| key | type | default | meaning |\n|---|---|---|---|\n"
                "| `spool` | size | `64 MiB` | Room on disk. |\n"
                "| `strict` | true or false | `true` | Whether to be strict. |\n"
                "\n## sensor\n\nSomething that is watched.\n\n"
                "| key | type | default | meaning |\n|---|---|---|---|\n"
                "| `kind` | word: `file`, `journald` | required | What is read. |\n"
                "| `path` | path | | Where it is. |\n"
                "| `rate` | number | `10` | Lines a second. |\n");
}

/* The pages of RDN07xx speak of this table's keys. */
static void pages_fail_and_pass_as_they_say(void)
{
    for (unsigned code = 701; code <= 706; code++) {
        char path[64];
        struct slice page = { 0 };
        (void)snprintf(path, sizeof(path), "docs/reference/diagnostics/RDN%04u.md", code);
        ASSERT_OK(file_load(&arena, path, 65536, &page));
        for (int pass = 0; pass < 2; pass++) {
            struct slice fence = pass == 0 ? SLICE("```yaml fails") : SLICE("```yaml passes");
            struct slice text = slice_sub(page, slice_find_text(page, fence), page.len);
            (void)slice_cut(&text, '\n');
            text = slice_sub(text, 0, slice_find_text(text, SLICE("```\n")));
            CU_ASSERT_TRUE(text.len > 0);
            CU_ASSERT_EQUAL(read_text(text), pass == 1);
            CU_ASSERT_TRUE(pass == 1 || (diags.first != NULL && diags.first->code == code));
        }
    }
}

static CU_TestInfo tests[] = {
    { "values land in the struct", values_land_in_the_struct },
    { "what is absent has its default", what_is_absent_has_its_default },
    { "mistakes are named with their place", mistakes_are_named_with_their_place },
    { "all mistakes come in one run", all_mistakes_come_in_one_run },
    { "what is printed reads back", what_is_printed_reads_back },
    { "sizes print in their largest unit", sizes_print_in_their_largest_unit },
    { "the manual lists every key", the_manual_lists_every_key },
    { "pages fail and pass as they say", pages_fail_and_pass_as_they_say },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "config", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
