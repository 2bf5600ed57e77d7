#include "sla/read/check.h"
#include "sla/read/expand.h"
#include "sla/report.h"

#include "base/date.h"
#include "base/parse.h"

/* One scalar of the type; what only its place can tell (names, words, sets) is left to that. */
typedef struct status(parse_fn)(struct slice text);

static struct status parse_flag(struct slice text)
{
    return slice_is(text, "yes") || slice_is(text, "no")
               ? STATUS_SUCCESS
               : status_error(STATUS_INVALID, "expected `yes` or `no`");
}

static struct status parse_count(struct slice text)
{
    uint32_t ignored = 0;

    return parse_u32(text, 0, INT32_MAX, &ignored);
}

static struct status parse_duration(struct slice text)
{
    int64_t ignored_ms = 0;

    return parse_duration_ms(text, &ignored_ms);
}

static struct status parse_share(struct slice text)
{
    int64_t ignored_ppb = 0;

    return parse_percent_ppb(text, &ignored_ppb);
}

static struct status parse_size(struct slice text)
{
    uint64_t ignored_bytes = 0;

    return parse_bytes(text, &ignored_bytes);
}

static struct status parse_rate(struct slice text)
{
    uint64_t ignored = 0;

    return parse_bit_rate(text, &ignored);
}

static struct status parse_day(struct slice text)
{
    int32_t ignored = 0;

    return date_parse(text, &ignored);
}

static const struct {
    bool is_list;
    parse_fn *parse; /* NULL: its place tells */
} types[SLA_PARAMETER_TYPES] = {
    [SLA_PARAMETER_WORDS] = { .is_list = true },
    [SLA_PARAMETER_FLAG] = { .parse = parse_flag },
    [SLA_PARAMETER_COUNT] = { .parse = parse_count },
    [SLA_PARAMETER_DURATION] = { .parse = parse_duration },
    [SLA_PARAMETER_SHARE] = { .parse = parse_share },
    [SLA_PARAMETER_BYTES] = { .parse = parse_size },
    [SLA_PARAMETER_BITRATE] = { .parse = parse_rate },
    [SLA_PARAMETER_DATE] = { .parse = parse_day },
    [SLA_PARAMETER_WEEKLY] = { .is_list = true },
    [SLA_PARAMETER_ADDRESSES] = { .is_list = true },
    [SLA_PARAMETER_PORTS] = { .is_list = true },
    [SLA_PARAMETER_COUNTRIES] = { .is_list = true },
    [SLA_PARAMETER_ACTS] = { .is_list = true },
    [SLA_PARAMETER_ACTIONS] = { .is_list = true },
    [SLA_PARAMETER_PARTIES] = { .is_list = true },
    [SLA_PARAMETER_SUBJECTS] = { .is_list = true },
    [SLA_PARAMETER_NAMES] = { .is_list = true },
};

static struct diag *report(struct draft *draft, const struct draft_parameter *parameter,
                           const struct yaml_node *value, const char *label)
{
    struct diag *diag =
        diag_add(draft->diags, DIAG_ERROR, SLA_CODE_PARAMETER, yaml_span(value),
                 "parameter `%.*s` takes %s `%s`", SLICE_ARG(parameter->id),
                 types[parameter->type].is_list ? "a list of type" : "one value of type",
                 sla_parameter_types.names[parameter->type]);

    diag_label(draft->diags, diag, "%s", label);
    diag_secondary(draft->diags, diag, parameter->span, "declared here");
    diag_help(draft->diags, diag, "types of values: docs/reference/sla.md, `sla.spec.parameters`");
    return diag;
}

bool sla_parameter_takes(struct draft *draft, const struct draft_parameter *parameter,
                         const struct yaml_node *value)
{
    parse_fn *parse = types[parameter->type].parse;

    if (sla_is_open(value)) {
        return true;
    }
    if (value->kind == YAML_SEQUENCE && !types[parameter->type].is_list) {
        (void)report(draft, parameter, value, "a list");
        return false;
    }
    if (parse == NULL) {
        return true;
    }
    struct status status = parse(value->text);
    if (status_ok(&status)) {
        return true;
    }
    (void)report(draft, parameter, value, status.msg);
    return false;
}

/* A default is a value that could stand in `with`. */
static bool check_default(struct sla_reading *reading, const struct draft_parameter *parameter)
{
    struct diag_list *diags = reading->draft->diags;
    const struct yaml_node *value = parameter->fallback;
    struct diag *diag = NULL;

    if (!sla_shape_fits(SLA_SHAPE_TEXTS, value)) {
        diag = diag_add(diags, DIAG_ERROR, SLA_CODE_PARAMETER, yaml_span(value),
                        "the default of `%.*s` is neither a value nor a list",
                        SLICE_ARG(parameter->id));
        diag_help(diags, diag, "a parameter takes one value, or a list of values");
        return false;
    }
    return sla_parameter_takes(reading->draft, parameter, value);
}

void sla_check_parameter(struct sla_reading *reading, void *filled)
{
    struct draft_parameter *out = filled;

    out->span = sla_reading_span(reading, PARAMETER_ID);
    if (out->fallback != NULL && sla_reading_filled(reading, PARAMETER_TYPE) &&
        !check_default(reading, out)) {
        reading->good = false;
    }
    if (!reading->good) {
        out->fallback = NULL;
    }
    out->broken = !reading->good;
}
