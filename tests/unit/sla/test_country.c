/* What people write for a country has one code, which the universe of countries has. */
#include "sla/values/country.h"

#include "sla/values/universe.h"
#include "tests/suite.h"

static void a_country_is_known_by_its_letters_and_names(void)
{
    static const struct {
        const char *written, *code; /* NULL: unknown */
    } rows[] = {
        { "GER", "DE" },     { "DEU", "DE" },         { "Germany", "DE" },
        { "germany", "DE" }, { "UK", "GB" },          { "England", "GB" },
        { "USA", "US" },     { "AUT", "AT" },         { "AUS", "AU" },
        { "CHN", "CN" },     { "CHE", "CH" },         { "SUI", "CH" },
        { "EL", "GR" },      { "Portugal", "PT" },    { "PRT", "PT" },
        { "pt", "PT" },      { "South Korea", "KR" }, { "Congo", NULL },
        { "Georgia", "GE" }, { "Atlantis", NULL },    { "XYZ", NULL },
        { "", NULL },        { "German", NULL },      { "Germany East", NULL },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *code = sla_country_code(slice_from(rows[i].written));
        CU_ASSERT_EQUAL_FATAL(code == NULL, rows[i].code == NULL);
        if (code != NULL) {
            ASSERT_TEXT(slice_from(code), rows[i].code);
        }
    }
}

static void every_code_of_a_document_is_known(void)
{
    for (uint32_t i = 0; i < sla_countries.count; i++) {
        const char *code = sla_country_code(slice_from(sla_countries.names[i]));
        CU_ASSERT_PTR_NOT_NULL_FATAL(code);
        ASSERT_TEXT(slice_from(code), sla_countries.names[i]);
    }
}

static void three_letters_are_never_taken_for_two_others(void)
{
    const char *other = NULL;
    const char *nearest = sla_universe_nearest(&sla_countries, SLICE("AUT"), &other);

    CU_ASSERT_PTR_NOT_NULL_FATAL(nearest);
    ASSERT_TEXT(slice_from(nearest), "AT");
    CU_ASSERT_PTR_NULL(other);
}

static CU_TestInfo tests[] = {
    { "a country is known by its letters and names", a_country_is_known_by_its_letters_and_names },
    { "every code of a document is known", every_code_of_a_document_is_known },
    { "three letters are never taken for two others",
      three_letters_are_never_taken_for_two_others },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "sla countries as people write them", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
