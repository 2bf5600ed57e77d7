/* Named sets: their revisions, what names none, and the groups of countries that are built in. */
#include "sla/terms/sets.h"

#include "base/date.h"
#include "sla/terms/domain.h"
#include "tests/unit/sla/worlds.h"

static struct bench bench;

static void set_up(void)
{
    bench_start(&bench);
}

static void tear_down(void)
{
    bench_end(&bench);
}

/* Findings as "CODE LINE:COL message [label]", but that of the U-Cloud that is not here. */
static struct slice listed(void)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
        if (at->code == SLA_CODE_UCLOUD) {
            continue;
        }
        buf_printf(&text, "%s%u %u:%u %.*s", text.len > 0 ? "; " : "", at->code, at->span.line,
                   diag_span_start(at->span).col, SLICE_ARG(at->message));
        if (at->label.len > 0) {
            buf_printf(&text, " [%.*s]", SLICE_ARG(at->label));
        }
        CU_ASSERT_TRUE(at->helps != NULL || at->notes != NULL);
    }
    return arena_copy(&bench.arena, buf_slice(&text));
}

/* One location clause after these sets; lines are counted from the spec's first. */
static void compile_with(const char *sets, const char *value)
{
    struct slice spec = arena_printf(&bench.arena,
                                     "  targets: [{id: web}]\n%s  clauses:\n    - {id: x, on: web, "
                                     "term: location, op: in, value: %s}\n",
                                     sets, value);

    bench_clear(&bench);
    bench.options.partial = true;
    bench_add(&bench, text_sla(&bench, "shop", spec.ptr));
    bench_compile(&bench);
}

#define PARTNERS                                                                                   \
    "  sets:\n"                                                                                    \
    "    - {id: partners, countries: [PT, ES], from: 2024-01-01}\n"                                \
    "    - {id: partners, countries: [PT, ES, FR], from: 2025-07-01}\n"
#define ONCE  "  sets: [{id: partners, countries: [PT, ES]}]\n"
#define NORTH "  sets: [{id: north, countries: [EFTA@2025-01-01, SE]}]\n"

static const struct {
    const char *sets, *value, *countries, *findings;
} rows[] = {
    { ONCE, "partners", "{ES, PT}", "" },
    { ONCE, "partners@1999-12-31", "{ES, PT}", "" },
    { ONCE, "[partners, DE]", "{DE, ES, PT}", "" },
    { NORTH, "north", "{CH, IS, LI, NO, SE}", "" },
    { PARTNERS, "partners@2024-01-01", "{ES, PT}", "" },
    { PARTNERS, "partners@2025-06-30", "{ES, PT}", "" },
    { PARTNERS, "partners@2025-07-01", "{ES, FR, PT}", "" },
    { PARTNERS, "partners@2099-01-01", "{ES, FR, PT}", "" },
    { PARTNERS, "partners", "{ES, FR, PT}",
      "902 10:55 set `partners` is taken as of 2025-07-01, its newest revision" },
    { "", "EFTA@1994-12-31", "{AT, CH, FI, IS, LI, NO, SE}", "" },
    { "", "EFTA", "{CH, IS, LI, NO}",
      "902 7:55 set `EFTA` is taken as of 1995-01-01, its newest revision" },
    { PARTNERS, "partners@2023-12-31", NULL,
      "316 10:55 set `partners` has no revision of 2023-12-31 [its first begins on 2024-01-01]" },
    { "", "EU@1994-12-31", NULL,
      "316 7:55 set `EU` has no revision of 1994-12-31 [its first begins on 1995-01-01]" },
    { "", "EU@2026-01-02", NULL,
      "316 7:55 set `EU` has no revision of 2026-01-02 [its members are known until 2026-01-01]" },
    { "", "EU@2025", NULL,
      "208 7:55 the date of the set is wrong [`2025` is not a date (like `2026-01-31`)]" },
    { "", "EU@2025-02-29", NULL,
      "208 7:55 the date of the set is wrong [the calendar has no `2025-02-29`]" },
    { ONCE, "[partnrs, PT]", NULL,
      "304 8:56 `partnrs` is not a set of countries of this document" },
    { "", "nobody@2025-01-01", NULL,
      "304 7:55 `nobody@2025-01-01` is not a set of countries of this document" },
    { "", "germany", NULL,
      "207 7:55 `germany` is not a country code [expected an ISO 3166-1 alpha-2 code]" },
    { "  sets: [{id: ward, addresses: 10.0.0.1}]\n", "ward", NULL,
      "304 8:55 set `ward` holds addresses [expected a set of countries]" },
    { "  sets: [{id: ward, addresses: 10.0.0.1}]\n", "PT", "{PT}",
      "903 6:15 set `ward` is never used" },
    { "  sets: [{id: a}]\n", "a", NULL, "202 6:10 a set needs members" },
    { "  sets: [{id: a, countries: PT, addresses: 10.0.0.1}]\n", "a", NULL,
      "212 6:10 a set has members of one kind only" },
    { "  sets: [{id: a, countries: []}]\n", "a", NULL, "214 6:29 the list is empty" },
    { "  sets: [{id: a, countries: [PT, b]}, {id: b, countries: PT}]\n", "[a, b]", NULL,
      "207 6:34 `b` is not a country code [expected an ISO 3166-1 alpha-2 code]" },
    { "  sets: [{id: a, countries: PT, from: 2025}]\n", "a", NULL,
      "208 6:39 the first day of the set is wrong [`2025` is not a date (like `2026-01-31`)]" },
    { "  sets: [{id: a, countries: PT}, {id: a, countries: ES}]\n", "a@2025-01-01", NULL,
      "301 6:39 set `a` is repeated" },
    { "  sets: [{id: a, countries: PT}, {id: a, addresses: 10.0.0.1, from: 2025-01-01}]\n", "PT",
      NULL, "301 6:39 set `a` has members of another kind here" },
    { "  groups: [{id: a, countries: PT}]\n", "a", "{PT}",
      "904 6:3 `groups` is written in an older way" },
    { "  groups: [{id: a, countries: PT}]\n  sets: [{id: b, countries: ES}]\n", "[a, b]",
      "{ES, PT}", "904 6:3 `groups` is written in an older way" },
};

static void sets_stand_for_what_they_held_that_day(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(buf_done) struct buf countries = { 0 };
        compile_with(rows[i].sets, rows[i].value);
        diag_sort(&bench.diags);
        ASSERT_TEXT(listed(), rows[i].findings);
        CU_ASSERT_EQUAL(bench.world != NULL, rows[i].countries != NULL);
        if (bench.world != NULL) {
            sla_set_format(&sla_countries, &bench.world->clauses[0]->value.set, &countries);
            ASSERT_TEXT(buf_slice(&countries), rows[i].countries);
        }
    }
}

/* What the fix writes is what was taken, so that nothing changes but the note. */
static void a_date_is_offered_that_changes_nothing(void)
{
    compile_with("", "[EU, DE]");
    const struct diag *note = bench.diags.first;
    while (note != NULL && note->code != SLA_CODE_UNDATED) {
        note = note->next;
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(note);
    CU_ASSERT_TRUE(note->level == DIAG_NOTE && note->fixes->safe);
    ASSERT_TEXT(note->fixes->edits->text, "EU@2020-02-01");
    struct sla_set taken = bench.world->clauses[0]->value.set;
    compile_with("", "[EU@2020-02-01, DE]");
    struct sla_set dated = bench.world->clauses[0]->value.set;
    struct sla_set more = sla_set_minus(&taken, &dated);
    struct sla_set less = sla_set_minus(&dated, &taken);
    CU_ASSERT_TRUE(sla_set_is_empty(&more) && sla_set_is_empty(&less));
}

static void what_is_no_country_says_what_may_be_meant(void)
{
    static const struct {
        const char *value, *help, *fix;
    } written[] = {
        { "EU27", "did you mean the group `EU`?", "EU" },
        { "EU-27", "did you mean the group `EU`?", "EU" },
        { "EEA30", "did you mean the group `EEA`?", "EEA" },
        { "EUROPE9", "there are 249: like `AD`", NULL },
        { "not HU",
          "a list of countries names those that are meant, and has no `not`: write the "
          "others",
          NULL },
    };

    for (size_t i = 0; i < COUNT_OF(written); i++) {
        compile_with("", written[i].value);
        const struct diag *error = bench.diags.first;
        while (error != NULL && error->level != DIAG_ERROR) {
            error = error->next;
        }
        CU_ASSERT_PTR_NOT_NULL_FATAL(error);
        ASSERT_TEXT(error->helps->text, written[i].help);
        CU_ASSERT_EQUAL(error->fixes != NULL, written[i].fix != NULL);
        if (error->fixes != NULL && written[i].fix != NULL) {
            CU_ASSERT_FALSE(error->fixes->safe);
            ASSERT_TEXT(error->fixes->edits->text, written[i].fix);
        }
    }
}

static void the_older_key_is_mended_where_nothing_has_to_be_moved(void)
{
    compile_with("  groups: [{id: a, countries: PT}]\n", "a");
    const struct diag *older = bench.diags.first;
    while (older != NULL && older->code != SLA_CODE_OLDER) {
        older = older->next;
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(older);
    CU_ASSERT_TRUE(older->fixes->safe);
    ASSERT_TEXT(older->fixes->edits->text, "sets");
}

static void addresses_come_by_name_and_day(void)
{
    struct slice spec = arena_printf(
        &bench.arena, "  targets: [{id: web, plane: network}]\n"
                      "  sets:\n"
                      "    - {id: ward, addresses: 10.1.0.0/16}\n"
                      "    - {id: ward, addresses: [10.2.0.0/16, 10.3.0.0/16], from: 2025-01-01}\n"
                      "  clauses:\n"
                      "    - {id: a, on: web, term: flow, op: permit, value: {from: "
                      "[ward@2024-12-31, 10.9.9.9]}}\n"
                      "    - {id: b, on: web, term: flow, op: permit, value: {from: "
                      "ward@2025-01-01}}\n");

    bench_clear(&bench);
    bench.options.partial = true;
    bench_add(&bench, text_sla(&bench, "shop", spec.ptr));
    bench_compile(&bench);
    ASSERT_TEXT(listed(), "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    const struct sla_flow *before = &bench.world->clauses[0]->value.flow;
    const struct sla_flow *after = &bench.world->clauses[1]->value.flow;
    CU_ASSERT_EQUAL_FATAL(before->peer_count, 2);
    CU_ASSERT_EQUAL(before->peers[0].prefix_len, 16);
    CU_ASSERT_EQUAL(before->peers[1].prefix_len, 32);
    CU_ASSERT_EQUAL(after->peer_count, 2);
}

#define URGENT "  sets: [{id: urgent, severities: [high, critical]}]\n"

static const struct {
    const char *sets, *severity, *conditions, *findings;
} severities[] = {
    { URGENT, "urgent", "severity: \">= high\"", "" },
    { URGENT, "urgent@2026-01-31", "severity: \">= high\"", "" },
    { "  sets: [{id: ends, severities: [info, critical]}]\n", "ends", "severity: [info, critical]",
      "" },
    { "  sets:\n"
      "    - {id: urgent, severities: critical}\n"
      "    - {id: urgent, severities: [high, critical], from: 2026-02-01}\n",
      "urgent@2026-01-31", "severity: critical", "" },
    { URGENT, "urgnt", NULL, "304 8:84 `urgnt` is not a set of severities of this document" },
    { "  sets: [{id: urgent, countries: PT}]\n", "urgent", NULL,
      "304 8:84 set `urgent` holds countries [expected a set of severities]" },
    { "", "serious", NULL,
      "208 7:84 `serious` is not a bound on severity [expected `\">= high\"`]" },
    { "  sets: [{id: urgent, severities: [high, grave]}]\n", "urgent", NULL,
      "206 6:42 `grave` is not a severity" },
};

static void severities_come_by_name_and_day(void)
{
    for (size_t i = 0; i < COUNT_OF(severities); i++) {
        struct slice spec = arena_printf(
            &bench.arena,
            "  targets: [{id: web}]\n%s  clauses:\n    - {id: x, on: web, term: respond.mttr, op: "
            "\"<=\", value: 30 s, when: {severity: %s}}\n",
            severities[i].sets, severities[i].severity);
        bench_clear(&bench);
        bench.options.partial = true;
        bench_add(&bench, text_sla(&bench, "shop", spec.ptr));
        bench_compile(&bench);
        ASSERT_TEXT(listed(), severities[i].findings);
        CU_ASSERT_EQUAL(bench.world != NULL, severities[i].conditions != NULL);
        if (bench.world != NULL) {
            ASSERT_TEXT(bench.world->clauses[0]->conditions, severities[i].conditions);
        }
    }
}

static void a_conflict_names_the_sets_beside_the_clause(void)
{
    bench_clear(&bench);
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  "    - {name: web, plane: compute, layer: L2, node: n1, "
                                  "provider: dc}\n"));
    bench_add(&bench, text_sla(&bench, "shop",
                               "  targets: [{id: web}]\n" PARTNERS
                               "  clauses: [{id: x, on: web, term: location, op: in, value: "
                               "[partners@2024-06-01, EFTA@2025-01-01]}]\n"));
    bench_add(&bench, text_offer(&bench, "dc",
                                 "  targets: [{id: all}]\n"
                                 "  clauses: [{id: zone, on: all, stance: offers, term: location, "
                                 "op: in, value: [US]}]\n"));
    bench_compile(&bench);
    const struct diag *conflict = bench.diags.first;
    while (conflict != NULL && conflict->code != SLA_CODE_SET) {
        conflict = conflict->next;
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(conflict);
    ASSERT_TEXT(conflict->label, "tenant shop: location in {CH, ES, IS, LI, NO, PT} "
                                 "(partners@2024-06-01, EFTA@2025-01-01)");
}

/* --- sets of templates ----------------------------------------------------------------------- */

#define TEMPLATE                                                                                   \
    "apiVersion: redan/v1\nkind: SecuritySLA\n"                                                    \
    "metadata: {name: base, party: shop, role: tenant, template: yes}\n"                           \
    "spec:\n  targets: [{id: all}]\n" PARTNERS "  clauses:\n"                                      \
    "    - {id: old, on: all, term: location, op: in, value: partners@2024-06-01}\n"               \
    "    - {id: new, on: all, term: location, op: in, value: partners@2025-08-01}\n"
#define EXTENDS                                                                                    \
    "apiVersion: redan/v1\nkind: SecuritySLA\n"                                                    \
    "metadata: {name: shop, party: shop, role: tenant, ucloud: store, extends: {document: "        \
    "base}}\n"                                                                                     \
    "spec:\n"

/* What a document makes of the set of its template; what its clauses `new` and `old` then hold,
 * or the place and the code of what is wrong. Revisions stay apart; a set that is named is replaced
 * with all of them. */
static const struct {
    const char *sets, *wanted;
} inherited[] = {
    { "  reactions: []\n", "{ES, FR, PT} {ES, PT}" },
    { "  sets: [{id: others, countries: DE}]\n", "{ES, FR, PT} {ES, PT}" },
    { "  sets: [{id: partners, countries: ES}]\n", "{ES} {ES}" },
    { "  sets:\n"
      "    - {id: partners, countries: PT, from: 2024-01-01}\n"
      "    - {id: partners, countries: [PT, FR], from: 2025-07-01}\n",
      "{FR, PT} {PT}" },
    { "  sets: [{id: partners, countries: [ES, FR]}]\n", "5:15 RDN0314" },
    { "  sets: [{id: partners, countries: PT, from: 2025-01-01}]\n", "10:57 RDN0316" },
};

static void add_value(struct buf *text, const struct sla_clause *clause)
{
    buf_add_cstr(text, text->len > 0 ? " " : "");
    clause->term->domain->print(clause->term, clause->op, &clause->value, text);
}

static void revisions_of_a_template_stay_apart(void)
{
    for (size_t i = 0; i < COUNT_OF(inherited); i++) {
        CLEANUP(buf_done) struct buf text = { 0 };
        bench_clear(&bench);
        bench_add(&bench, SLICE(TEMPLATE));
        bench_add(&bench, arena_printf(&bench.arena, EXTENDS "%s", inherited[i].sets));
        bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                      "    - {name: web, plane: compute, layer: L2, node: n1, "
                                      "provider: dc}\n"));
        bench_compile(&bench);
        for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
            if (at->level == DIAG_ERROR) {
                buf_printf(&text, "%s%u:%u RDN%04u", text.len > 0 ? " " : "", at->span.line,
                           diag_span_start(at->span).col, at->code);
            }
        }
        if (text.len == 0) {
            CU_ASSERT_EQUAL_FATAL(bench.world->clause_count, 2);
            add_value(&text, bench.world->clauses[0]);
            add_value(&text, bench.world->clauses[1]);
        }
        ASSERT_TEXT(buf_slice(&text), inherited[i].wanted);
    }
}

/* --- the table ------------------------------------------------------------------------------- */

static size_t count_members(const struct sla_country_group *group)
{
    return slice_count(slice_from(group->members), ' ') + 1;
}

static void groups_have_the_members_that_their_sources_count(void)
{
    static const struct {
        const char *name, *from;
        size_t members;
    } wanted[] = {
        { "EEA", "1994-01-01", 17 }, { "EEA", "1995-05-01", 18 }, { "EEA", "2004-05-01", 28 },
        { "EEA", "2007-08-01", 30 }, { "EEA", "2014-04-12", 31 }, { "EEA", "2020-02-01", 30 },
        { "EFTA", "1991-09-01", 7 }, { "EFTA", "1995-01-01", 4 }, { "EU", "1995-01-01", 15 },
        { "EU", "2004-05-01", 25 },  { "EU", "2007-01-01", 27 },  { "EU", "2013-07-01", 28 },
        { "EU", "2020-02-01", 27 },
    };
    size_t count = 0;
    const struct sla_country_group *groups = sla_country_groups(&count);

    CU_ASSERT_EQUAL_FATAL(count, COUNT_OF(wanted));
    for (size_t i = 0; i < count; i++) {
        CU_ASSERT_STRING_EQUAL(groups[i].name, wanted[i].name);
        CU_ASSERT_STRING_EQUAL(groups[i].from, wanted[i].from);
        CU_ASSERT_EQUAL(count_members(&groups[i]), wanted[i].members);
    }
}

static void groups_are_codes_in_order(void)
{
    size_t count = 0;
    const struct sla_country_group *groups = sla_country_groups(&count);

    for (size_t i = 0; i < count; i++) {
        struct slice rest = slice_from(groups[i].members);
        uint32_t before = 0;
        int32_t day = 0;
        ASSERT_OK(date_parse(slice_from(groups[i].from), &day));
        while (rest.len > 0) {
            uint32_t element = 0;
            CU_ASSERT_TRUE(sla_universe_find(&sla_countries, slice_cut(&rest, ' '), &element));
            CU_ASSERT_TRUE(element > before);
            before = element;
        }
        if (i > 0 && slice_is(slice_from(groups[i].name), groups[i - 1].name)) {
            CU_ASSERT_TRUE(slice_cmp(slice_from(groups[i - 1].from), slice_from(groups[i].from)) <
                           0);
        }
    }
}

/* Every member of the Union is in the Economic Area, on every day on which both are known, but for
 * the months in which the Area had not been enlarged yet; nobody of EFTA is in the Union. */
static void groups_fit_each_other(void)
{
    static const struct {
        const char *inside, *outside;
        bool disjoint;
    } pairs[] = {
        { "EU@2004-04-30", "EEA@2004-04-30", false }, { "EU@2005-01-01", "EEA@2005-01-01", false },
        { "EU@2010-01-01", "EEA@2010-01-01", false }, { "EU@2015-01-01", "EEA@2015-01-01", false },
        { "EU@2026-01-01", "EEA@2026-01-01", false }, { "EU@1995-01-01", "EFTA@1995-01-01", true },
        { "EU@2026-01-01", "EFTA@2026-01-01", true },
    };

    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        compile_with("", pairs[i].inside);
        struct sla_set inside = bench.world->clauses[0]->value.set;
        compile_with("", pairs[i].outside);
        struct sla_set outside = bench.world->clauses[0]->value.set;
        struct sla_set wrong =
            pairs[i].disjoint ? sla_set_meet(&inside, &outside) : sla_set_minus(&inside, &outside);
        suite_check(sla_set_is_empty(&wrong), pairs[i].inside, __FILE__, __LINE__);
    }
}

static CU_TestInfo tests[] = {
    { "what is no country says what may be meant", what_is_no_country_says_what_may_be_meant },
    { "sets stand for what they held that day", sets_stand_for_what_they_held_that_day },
    { "a date is offered that changes nothing", a_date_is_offered_that_changes_nothing },
    { "the older key is mended where nothing has to be moved",
      the_older_key_is_mended_where_nothing_has_to_be_moved },
    { "addresses come by name and day", addresses_come_by_name_and_day },
    { "severities come by name and day", severities_come_by_name_and_day },
    { "a conflict names the sets beside the clause", a_conflict_names_the_sets_beside_the_clause },
    { "revisions of a template stay apart", revisions_of_a_template_stay_apart },
    { "groups have the members that their sources count",
      groups_have_the_members_that_their_sources_count },
    { "groups are codes in order", groups_are_codes_in_order },
    { "groups fit each other", groups_fit_each_other },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla sets", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
