#include "base/file.h"
#include "model/names.h"
#include "sma/config.h"
#include "sma/sensor.h"
#include "tests/suite.h"

#include <stdio.h>

static struct arena arena;
static struct sma_config config;
static struct diag_list diags;

static int clear(void)
{
    arena_done(&arena);
    return 0;
}

static bool read_text(const char *text)
{
    struct diag_source *source = ARENA_NEW(&arena, struct diag_source, 1);

    *source = (struct diag_source){ "sma.yaml", slice_from(text) };
    diag_list_init(&diags, &arena);
    return config_read(&arena, source, &sma_config_table, &config, &diags);
}

static void test_a_whole_configuration_is_read(void)
{
    CU_ASSERT_TRUE_FATAL(read_text(
        "aggregators: [\"tcp://10.98.0.1:7701\"]\nprotect: [10.98.0.0/24]\n"
        "sensors:\n  - {kind: file, path: /var/log/auth.log, silent: 1h, zone: \"+02:00\", from: "
        "start}\n"
        "  - {kind: journald, path: /run/x, layer: L0, plane: compute}\n  - {kind: stdin}\n"));
    const struct sma_sensor_config *sensors = config.sensors.items;
    CU_ASSERT_EQUAL_FATAL(config.sensors.count, 3);
    CU_ASSERT_EQUAL(sensors[0].kind, SENSOR_FILE);
    CU_ASSERT_EQUAL(sensors[0].silent_ms, 3600000);
    CU_ASSERT_EQUAL(sensors[0].from, TAIL_FROM_START);
    CU_ASSERT_EQUAL(sensors[0].layer, LAYER_L2);
    CU_ASSERT_EQUAL(sensors[0].plane, PLANE_NETWORK);
    CU_ASSERT_EQUAL(sensors[1].kind, SENSOR_JOURNALD);
    CU_ASSERT_EQUAL(sensors[1].from, TAIL_FROM_END);
    CU_ASSERT_EQUAL(sensors[1].layer, LAYER_L0);
    CU_ASSERT_EQUAL(sensors[1].plane, PLANE_COMPUTE);
    CU_ASSERT_EQUAL(sensors[2].kind, SENSOR_STDIN);
}

static void test_what_is_wrong_is_refused(void)
{
    static const char *const rows[] = {
        "sensors: []\n",
        "aggregators: []\n",
        "aggregators: [a, b, c]\n",
        "aggregators: [a]\nprotect: [10.98.0.1/8]\n",
        "aggregators: [a]\nsensors: [{kind: file, zone: CEST}]\n",
        "aggregators: [a]\nsensors: [{kind: pipe}]\n",
        "aggregators: [a]\nsensors: [{path: /x}]\n",
        "aggregators: [a]\nspool_size: 1 KiB\n",
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        suite_check(!read_text(rows[i]), rows[i], __FILE__, __LINE__);
    }
}

static void test_zones_are_seconds_east(void)
{
    static const struct {
        const char *text;
        int32_t east_s; /* 1: refused */
    } rows[] = {
        { "Z", 0 },      { "+02:00", 7200 }, { "-05:30", -19800 },
        { "", 1 },       { "+2:00", 1 },     { "+24:00", 1 },
        { "+02:60", 1 }, { "+02-00", 1 },    { "02:00:00", 1 },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int32_t east_s = 1;
        struct status read = sma_config_zone(slice_from(rows[i].text), &east_s);
        CU_ASSERT_EQUAL(status_ok(&read), rows[i].east_s != 1);
        CU_ASSERT_EQUAL(east_s, rows[i].east_s);
    }
}

static void check_keys(const struct config_table *table, struct slice manual)
{
    for (size_t i = 0; i < table->row_count; i++) {
        const struct config_row *row = &table->rows[i];
        suite_check(slice_find_text(manual, slice_from(row->key)) < manual.len, row->key, __FILE__,
                    __LINE__);
        for (size_t j = 0; row->table != NULL && j < row->table->row_count; j++) {
            struct slice key = slice_from(row->table->rows[j].key);
            suite_check(slice_find_text(manual, key) < manual.len, key.ptr, __FILE__, __LINE__);
        }
    }
}

static void test_the_manual_names_every_key(void)
{
    struct slice manual = { 0 };

    ASSERT_OK(file_load(&arena, "docs/man/redan-sma.8", 1 << 20, &manual));
    check_keys(&sma_config_table, manual);
}

static CU_TestInfo tests[] = {
    { "a whole configuration is read", test_a_whole_configuration_is_read },
    { "what is wrong is refused", test_what_is_wrong_is_refused },
    { "zones are seconds east", test_zones_are_seconds_east },
    { "the manual names every key", test_the_manual_names_every_key },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { .pName = "sma config", .pCleanupFunc = clear, .pTests = tests },
    CU_SUITE_INFO_NULL,
};
