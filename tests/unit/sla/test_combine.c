#include "base/file.h"
#include "base/json.h"
#include "sla/policy/combine.h"
#include "tests/suite.h"

enum {
    VALUES = SLA_DECISION_FAILED + 1,
    ALGORITHMS = SLA_COMBINE_PERMIT_OVERRIDES_1_SET + 1,
    LENGTH = 4, /* all lists of so many decisions are tried */
    LISTS = VALUES * VALUES * VALUES * VALUES,
    CHILDREN_MAX = 16,
    CASES = 51
};

#define NA  SLA_DECISION_SILENT
#define P   SLA_DECISION_PERMIT
#define D   SLA_DECISION_DENY
#define IP  SLA_DECISION_FAILED_PERMIT
#define ID  SLA_DECISION_FAILED_DENY
#define IPD SLA_DECISION_FAILED

static void list_of(unsigned number, enum sla_decision out[LENGTH])
{
    for (size_t i = 0; i < LENGTH; i++) {
        out[i] = (enum sla_decision)(number % VALUES);
        number /= VALUES;
    }
}

static const enum sla_decision mirror[VALUES] = { NA, D, P, ID, IP, IPD };

/* The algorithms once more, written as XACML 3.0 (appendix C) walks through them, one decision
 * after the other with flags. */
static enum sla_decision forbid_overrides(const enum sla_decision *list, size_t count)
{
    bool failed_deny = false, failed_permit = false, failed = false, permitted = false;

    for (size_t i = 0; i < count; i++) {
        if (list[i] == D) {
            return D;
        }
        permitted |= list[i] == P;
        failed_deny |= list[i] == ID;
        failed_permit |= list[i] == IP;
        failed |= list[i] == IPD;
    }
    if (failed || (failed_deny && (failed_permit || permitted))) {
        return IPD;
    }
    if (failed_deny) {
        return ID;
    }
    if (permitted) {
        return P;
    }
    return failed_permit ? IP : NA;
}

static enum sla_decision permit_overrides(const enum sla_decision *list, size_t count)
{
    enum sla_decision mirrored[LENGTH];

    for (size_t i = 0; i < count; i++) {
        mirrored[i] = mirror[list[i]];
    }
    return mirror[forbid_overrides(mirrored, count)];
}

static enum sla_decision unless(const enum sla_decision *list, size_t count, enum sla_decision one,
                                enum sla_decision other)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i] == one) {
            return one;
        }
    }
    return other;
}

static enum sla_decision sets_of_version_1(const enum sla_decision *list, size_t count, bool forbid)
{
    bool permitted = false, denied = false, failed = false;

    for (size_t i = 0; i < count; i++) {
        permitted |= list[i] == P;
        denied |= list[i] == D;
        failed |= list[i] == IP || list[i] == ID || list[i] == IPD;
    }
    if (forbid) {
        return denied || failed ? D : permitted ? P : NA;
    }
    return permitted ? P : denied ? D : failed ? IPD : NA;
}

static enum sla_decision by_the_book(enum sla_combining how, const enum sla_decision *list,
                                     size_t count)
{
    switch (how) {
    case SLA_COMBINE_FORBID_OVERRIDES:
        return forbid_overrides(list, count);
    case SLA_COMBINE_PERMIT_OVERRIDES:
        return permit_overrides(list, count);
    case SLA_COMBINE_FORBID_UNLESS_PERMIT:
        return unless(list, count, P, D);
    case SLA_COMBINE_PERMIT_UNLESS_FORBID:
        return unless(list, count, D, P);
    case SLA_COMBINE_FIRST_APPLICABLE:
        break;
    case SLA_COMBINE_FORBID_OVERRIDES_1_SET:
    case SLA_COMBINE_PERMIT_OVERRIDES_1_SET:
        return sets_of_version_1(list, count, how == SLA_COMBINE_FORBID_OVERRIDES_1_SET);
    }
    for (size_t i = 0; i < count; i++) {
        if (list[i] != NA) {
            return list[i];
        }
    }
    return NA;
}

static void every_list_comes_to_what_the_book_says(void)
{
    enum sla_decision list[LENGTH];
    unsigned wrong = 0;

    for (unsigned how = 0; how < ALGORITHMS; how++) {
        for (unsigned number = 0; number < LISTS; number++) {
            list_of(number, list);
            for (size_t count = 0; count <= LENGTH; count++) {
                wrong += sla_combine((enum sla_combining)how, list, count) !=
                         by_the_book((enum sla_combining)how, list, count);
            }
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* Swaps of neighbours make all permutations. */
static void order_matters_to_the_first_applicable_only(void)
{
    enum sla_decision list[LENGTH];
    unsigned moved[ALGORITHMS] = { 0 };

    for (unsigned how = 0; how < ALGORITHMS; how++) {
        for (unsigned number = 0; number < LISTS; number++) {
            list_of(number, list);
            enum sla_decision before = sla_combine((enum sla_combining)how, list, LENGTH);
            for (size_t i = 0; i + 1 < LENGTH; i++) {
                list_of(number, list);
                enum sla_decision first = list[i];
                list[i] = list[i + 1];
                list[i + 1] = first;
                moved[how] += sla_combine((enum sla_combining)how, list, LENGTH) != before;
            }
        }
        CU_ASSERT_EQUAL(moved[how] != 0, how == SLA_COMBINE_FIRST_APPLICABLE);
    }
}

/* Saying a thing twice changes nothing; and where the algorithm has a verdict for each value, one
 * decision alone stands as it is. */
static void a_decision_twice_is_as_once(void)
{
    for (unsigned how = 0; how < ALGORITHMS; how++) {
        bool stands = how == SLA_COMBINE_FORBID_OVERRIDES || how == SLA_COMBINE_PERMIT_OVERRIDES ||
                      how == SLA_COMBINE_FIRST_APPLICABLE;
        bool all_stand = true;
        for (unsigned value = 0; value < VALUES; value++) {
            enum sla_decision twice[2] = { (enum sla_decision)value, (enum sla_decision)value };
            enum sla_decision once = sla_combine((enum sla_combining)how, twice, 1);
            CU_ASSERT_EQUAL(sla_combine((enum sla_combining)how, twice, 2), once);
            CU_ASSERT_EQUAL(sla_combine((enum sla_combining)how, &once, 1), once);
            all_stand = all_stand && once == twice[0];
        }
        CU_ASSERT_EQUAL(all_stand, stands);
    }
}

/* A part of a list may be combined first. True of all of them, since each is the most of some order
 * (in the overrides FAILED is the join of FAILED_DENY with a permission, or of the reverse). */
static void parts_may_be_combined_first(void)
{
    enum sla_decision list[LENGTH];
    unsigned wrong = 0;

    for (unsigned how = 0; how < ALGORITHMS; how++) {
        for (unsigned number = 0; number < LISTS; number++) {
            list_of(number, list);
            enum sla_decision whole = sla_combine((enum sla_combining)how, list, LENGTH);
            for (size_t cut = 1; cut < LENGTH; cut++) {
                enum sla_decision halves[2] = { sla_combine((enum sla_combining)how, list, cut),
                                                sla_combine((enum sla_combining)how, list + cut,
                                                            LENGTH - cut) };
                wrong += sla_combine((enum sla_combining)how, halves, 2) != whole;
            }
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void silence_adds_nothing(void)
{
    enum sla_decision list[LENGTH];

    for (unsigned how = 0; how < ALGORITHMS; how++) {
        for (unsigned number = 0; number < LISTS; number++) {
            list_of(number, list);
            enum sla_decision without = sla_combine((enum sla_combining)how, list, LENGTH - 1);
            list[LENGTH - 1] = NA;
            CU_ASSERT_EQUAL(sla_combine((enum sla_combining)how, list, LENGTH), without);
        }
    }
}

/* Forbidding and permitting are mirror images. */
static void the_mirror_image_holds(void)
{
    enum sla_decision list[LENGTH];

    for (unsigned number = 0; number < LISTS; number++) {
        list_of(number, list);
        enum sla_decision forbid = sla_combine(SLA_COMBINE_FORBID_OVERRIDES, list, LENGTH);
        enum sla_decision deny = sla_combine(SLA_COMBINE_FORBID_UNLESS_PERMIT, list, LENGTH);
        for (size_t i = 0; i < LENGTH; i++) {
            list[i] = mirror[list[i]];
        }
        CU_ASSERT_EQUAL(sla_combine(SLA_COMBINE_PERMIT_OVERRIDES, list, LENGTH), mirror[forbid]);
        CU_ASSERT_EQUAL(sla_combine(SLA_COMBINE_PERMIT_UNLESS_FORBID, list, LENGTH), mirror[deny]);
    }
}

/* --- the published cases ---------------------------------------------------------------------- */

static bool is_permit(struct slice word)
{
    return slice_eq(word, slice_from("Permit"));
}

static enum sla_decision leaf(const struct json *rule)
{
    struct slice outcome = json_text(rule, "outcome");

    if (slice_eq(outcome, slice_from("Indeterminate"))) {
        return is_permit(json_text(rule, "effect")) ? IP : ID;
    }
    if (slice_eq(outcome, slice_from("Deny"))) {
        return D;
    }
    return is_permit(outcome) ? P : NA;
}

/* ALGORITHMS when the name is none of ours. */
static unsigned algorithm(const struct json *node)
{
    static const char *const names[ALGORITHMS] = {
        [SLA_COMBINE_FORBID_OVERRIDES] = "deny-overrides",
        [SLA_COMBINE_PERMIT_OVERRIDES] = "permit-overrides",
        [SLA_COMBINE_FORBID_UNLESS_PERMIT] = "deny-unless-permit",
        [SLA_COMBINE_PERMIT_UNLESS_FORBID] = "permit-unless-deny",
        [SLA_COMBINE_FIRST_APPLICABLE] = "first-applicable",
    };
    struct slice name = json_text(node, "alg");
    struct slice ordered = slice_from("ordered-");
    bool old_set = slice_eq(json_text(node, "kind"), slice_from("policyset")) &&
                   !slice_eq(json_text(node, "alg_version"), slice_from("3.0"));

    if (name.len > ordered.len && slice_eq(slice_sub(name, 0, ordered.len), ordered)) {
        name = slice_sub(name, ordered.len, name.len);
    }
    for (unsigned how = 0; how < ALGORITHMS; how++) {
        if (names[how] == NULL || !slice_eq(name, slice_from(names[how]))) {
            continue;
        }
        if (old_set && how == SLA_COMBINE_FORBID_OVERRIDES) {
            return SLA_COMBINE_FORBID_OVERRIDES_1_SET;
        }
        return old_set && how == SLA_COMBINE_PERMIT_OVERRIDES ? SLA_COMBINE_PERMIT_OVERRIDES_1_SET
                                                              : how;
    }
    return ALGORITHMS;
}

static enum sla_decision decide(const struct json *node) /* NOLINT(misc-no-recursion): a tree */
{
    const struct json *children = json_get(node, "children");
    enum sla_decision decisions[CHILDREN_MAX];
    size_t count = 0;
    unsigned how = 0;

    if (children == NULL) {
        return leaf(node);
    }
    how = algorithm(node);
    CU_ASSERT_TRUE_FATAL(how < ALGORITHMS && children->count <= CHILDREN_MAX);
    for (const struct json *child = children->first; child != NULL; child = child->next) {
        decisions[count++] = decide(child);
    }
    return sla_combine((enum sla_combining)how, decisions, count);
}

static void the_published_cases_agree(void)
{
    static const char *const words[VALUES] = { "NotApplicable", "Permit",        "Deny",
                                               "Indeterminate", "Indeterminate", "Indeterminate" };
    const char *root = suite_data("vectors/xacml/combining.jsonl");
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct slice rest = { 0 };
    size_t agreed = 0;

    if (root == NULL) {
        return;
    }
    ASSERT_OK(file_load(&arena, file_path(&arena, root, "vectors/xacml/combining.jsonl"), 1 << 20,
                        &rest));
    while (rest.len > 0) {
        const struct json *row = NULL;
        ASSERT_OK(json_read(&arena, slice_cut(&rest, '\n'), &row));
        ASSERT_TEXT(json_text(row, "expected"), words[decide(json_get(row, "root"))]);
        agreed +=
            slice_eq(json_text(row, "expected"), slice_from(words[decide(json_get(row, "root"))]));
    }
    CU_ASSERT_EQUAL(agreed, CASES);
}

static CU_TestInfo tests[] = {
    { "every list comes to what the book says", every_list_comes_to_what_the_book_says },
    { "order matters to the first applicable only", order_matters_to_the_first_applicable_only },
    { "a decision twice is as once", a_decision_twice_is_as_once },
    { "parts may be combined first", parts_may_be_combined_first },
    { "silence adds nothing", silence_adds_nothing },
    { "the mirror image holds", the_mirror_image_holds },
    { "the published cases agree", the_published_cases_agree },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { .pName = "combine", .pTests = tests },
    CU_SUITE_INFO_NULL,
};
