#include "sla/read/gets.h"

#include "base/parse.h"
#include "sla/read/check.h"
#include "sla/report.h"

static bool is_availability(const struct sla_term *term)
{
    return slice_is(slice_from(term->name), "availability");
}

static void refuse(struct sla_reading *reading, struct diag_span span, const char *what,
                   const char *help)
{
    struct diag_list *diags = reading->draft->diags;
    struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_TEST, span, "%s", what);

    diag_help(diags, diag, "%s", help);
    reading->good = false;
}

void sla_check_gets(struct sla_reading *reading, void *filled)
{
    struct sla_test_gets *out = filled;

    if (!sla_reading_filled(reading, TEST_GETS_TERM)) {
        return;
    }
    if (!sla_term_composes(out->term) || out->term->becomes == SLA_BECOMES_ASSUMPTION) {
        refuse(reading, sla_reading_span(reading, TEST_GETS_TERM),
               "nothing is computed of a service for this term",
               "terms that parts give to a service: `availability`, `recovery.point`, "
               "`recovery.time`");
    } else if (is_availability(out->term) && !sla_reading_has(reading, TEST_GETS_WINDOW)) {
        refuse(reading, yaml_span(reading->mapping), "availability is counted in a window",
               "for example `window: 30d`");
    } else if (!is_availability(out->term) && sla_reading_has(reading, TEST_GETS_WINDOW)) {
        refuse(reading, sla_reading_span(reading, TEST_GETS_WINDOW),
               "recovery is counted in no window", "leave `window` out");
    }
}

bool sla_read_bound(struct sla_reading *reading, const struct yaml_node *node,
                    struct sla_test *test)
{
    bool share = is_availability(test->gets.term);
    const char *op = share ? ">=" : "<=";

    test->expect = SLA_EXPECT_BOUND;
    if (node->kind != YAML_SCALAR || !slice_starts(node->text, slice_from(op))) {
        refuse(reading, yaml_span(node), "what a service gets is compared",
               share ? "write the least share: `\">= 99.99 %\"`"
                     : "write the longest time: `\"<= 4h\"`");
        return false;
    }
    struct slice value = slice_trim(slice_sub(node->text, 2, node->text.len));
    struct status status =
        share ? parse_percent_ppb(value, &test->bound) : parse_duration_ms(value, &test->bound);
    if (!status_ok(&status)) {
        struct diag *diag = sla_report_value(reading->draft, SLA_CODE_QUANTITY, yaml_span(node),
                                             "the comparison", &status);
        diag_help(reading->draft->diags, diag, "for example `%s`",
                  share ? "\">= 99.99 %\"" : "\"<= 4h\"");
        reading->good = false;
    }
    return status_ok(&status);
}
