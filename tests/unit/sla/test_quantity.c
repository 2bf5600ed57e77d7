/* Kinds of amounts: what is read into which unit, what is refused with which words, and that the
 * text of any amount reads back to it. */
#include "sla/terms/quantity.h"

#include "sla/draft.h"
#include "tests/unit/sla/worlds.h"

static struct bench bench;
static struct draft *draft;

static void set_up(void)
{
    bench_start(&bench);
    draft = ARENA_NEW(&bench.arena, struct draft, 1);
    draft->arena = &bench.arena;
    draft->diags = &bench.diags;
}

static void tear_down(void)
{
    bench_end(&bench);
}

static bool read_as(const struct sla_quantity *quantity, struct slice text, int64_t *out)
{
    bench_clear(&bench);
    bench_add(&bench, text);
    const struct yaml_document *read = yaml_read(&bench.arena, &bench.sources[0], &bench.diags);
    CU_ASSERT_PTR_NOT_NULL_FATAL(read);
    return quantity->read(draft, read->root, out);
}

static const struct sla_quantity *const all[] = {
    &sla_quantity_duration, &sla_quantity_share,    &sla_quantity_count,
    &sla_quantity_bytes,    &sla_quantity_bit_rate,
};

static const struct {
    const struct sla_quantity *quantity;
    const char *text;
    int64_t amount;
    const char *canonical;
} good[] = {
    { &sla_quantity_duration, "1.5h", 5400000, "90 min" },
    { &sla_quantity_share, "99.990 %", 999900000, "99.99 %" },
    { &sla_quantity_count, "2147483647", 2147483647, "2147483647" },
    { &sla_quantity_bytes, "1024 MiB", 1073741824, "1 GiB" },
    { &sla_quantity_bytes, "0.5 GB", 500000000, "500 MB" },
    { &sla_quantity_bit_rate, "10Gbit/s", 10000000000, "10 Gbit/s" },
};

static void amounts_are_kept_in_one_unit(void)
{
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        char text[PARSE_TEXT_MAX];
        int64_t amount = -1;
        CU_ASSERT_TRUE(read_as(good[i].quantity, slice_from(good[i].text), &amount));
        CU_ASSERT_EQUAL(amount, good[i].amount);
        good[i].quantity->format(amount, text);
        CU_ASSERT_STRING_EQUAL(text, good[i].canonical);
    }
}

static const struct {
    const struct sla_quantity *quantity;
    const char *text, *label, *help, *fix;
    bool safe;
} wrong[] = {
    { &sla_quantity_duration, "30 sec",
      "`30 sec` is not a duration (like `30 s`, `5m`, `1.5h`, `30d`)", "write `30 s`", "30 s",
      true },
    { &sla_quantity_duration, "1.5 months",
      "`1.5 months` is not a duration (like `30 s`, `5m`, `1.5h`, `30d`)",
      "write `45 d`: a month has no fixed length", "45 d", false },
    { &sla_quantity_duration, "22:22",
      "`22:22` is not a duration (like `30 s`, `5m`, `1.5h`, `30d`)",
      "write `1342 min` if these are hours and minutes, `1342 s` if minutes and seconds", "",
      false },
    { &sla_quantity_duration, "0 s", "must be at least 1 ms",
      "write a number and a unit: ms, s, m, h, d or w", "", false },
    { &sla_quantity_share, "99.99", "`99.99` is not a percentage (like `99.99 %`)",
      "write `99.99 %`: a number alone says no unit", "99.99 %", false },
    { &sla_quantity_count, "012", "`012` begins with a zero",
      "write `12`: some readers take a number that begins with 0 for octal", "12", false },
    { &sla_quantity_count, "1e3", "`1e3` is not a number from 0 to 2147483647",
      "write `1000`: quantities have no exponents", "1000", true },
    { &sla_quantity_bytes, "512", "`512` is not a size",
      "write `512 MiB`, `512 GiB` or `512 GB`: a number alone says no unit", "", false },
    { &sla_quantity_bit_rate, "10GB/s",
      "`10GB/s` is not a bit rate (like `100 Mbit/s`, `10 Gbit/s`)",
      "write `80 Gbit/s`: a bit rate counts bits, not bytes", "80 Gbit/s", true },
};

static void each_mistake_is_told_with_what_to_write(void)
{
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        int64_t amount = 7;
        CU_ASSERT_FALSE(read_as(wrong[i].quantity, slice_from(wrong[i].text), &amount));
        CU_ASSERT_EQUAL(amount, 7);
        const struct diag *diag = bench.diags.first;
        CU_ASSERT_PTR_NOT_NULL_FATAL(diag);
        CU_ASSERT_EQUAL(diag->code, SLA_CODE_QUANTITY);
        ASSERT_TEXT(diag->label, wrong[i].label);
        ASSERT_TEXT(diag->helps->text, wrong[i].help);
        ASSERT_TEXT(diag->fixes != NULL ? diag->fixes->edits->text : SLICE(""), wrong[i].fix);
        CU_ASSERT_TRUE(diag->fixes == NULL || diag->fixes->safe == wrong[i].safe);
    }
}

enum { ROUNDS = 3000, LARGEST_DURATION_DAYS = 36525 };

static void any_amount_prints_back(void)
{
    uint64_t state = 20261130;

    (void)printf("\n    amounts: seed %llu", (unsigned long long)state);
    for (size_t i = 0; i < ROUNDS * COUNT_OF(all); i++) {
        const struct sla_quantity *quantity = all[i % COUNT_OF(all)];
        char text[PARSE_TEXT_MAX];
        int64_t most = quantity == &sla_quantity_duration
                           ? (int64_t)LARGEST_DURATION_DAYS * 86400000
                           : quantity->most;
        int64_t back = -1;
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        int64_t amount = (int64_t)(state >> (1U + i / COUNT_OF(all) % 60U)) % most + 1;
        quantity->format(amount, text);
        CU_ASSERT_TRUE(read_as(quantity, slice_from(text), &back));
        suite_check(back == amount, text, __FILE__, __LINE__);
    }
}

static CU_TestInfo tests[] = {
    { "amounts are kept in one unit", amounts_are_kept_in_one_unit },
    { "each mistake is told with what to write", each_mistake_is_told_with_what_to_write },
    { "any amount prints back", any_amount_prints_back },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla quantities", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
