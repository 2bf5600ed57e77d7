#include "sla/compose/compose.h"
#include "sla/conflict/conflict.h"

#include "base/parse.h"

const char *sla_formula_name(enum sla_formula formula)
{
    static const char *const names[SLA_FORMULAS] = { "F1", "F2", "F3", "F4", "F5", "F6" };

    return names[__builtin_ctz((unsigned)formula)];
}

static void add_path(struct buf *out, const struct clause_ref *ref)
{
    buf_printf(out, "%.*s/%.*s/%.*s", SLICE_ARG(ref->party), SLICE_ARG(ref->document),
               SLICE_ARG(ref->clause));
}

static void add_formulas(const struct sla_figure *figure, struct buf *out)
{
    bool first = true;

    for (unsigned i = 0; i < SLA_FORMULAS; i++) {
        if ((figure->formulas & SLA_BIT(i)) != 0) {
            buf_printf(out, "%s%s", first ? "" : ", ",
                       sla_formula_name((enum sla_formula)SLA_BIT(i)));
            first = false;
        }
    }
}

void sla_figure_format(const struct sla_figure *figure, struct buf *out)
{
    char window[PARSE_TEXT_MAX];

    format_duration_ms(figure->window_ms, window);
    buf_printf(out, "`%.*s` is down at %s ", SLICE_ARG(figure->service->id),
               figure->verdict == SLA_IMPOSSIBLE ? "least" : "most");
    sla_format_span_ms(figure->figure_ms, out);
    buf_printf(out, " in %s", window);
    if (figure->formulas != 0) {
        buf_add_cstr(out, " (");
        add_formulas(figure, out);
        buf_add_char(out, ')');
    }
}

static void write_paths(struct json_writer *writer, const struct sla_figure *figure)
{
    CLEANUP(buf_done) struct buf path = { 0 };

    json_key(writer, "clauses");
    json_open_array(writer);
    for (size_t i = 0; i < figure->clause_count; i++) {
        buf_clear(&path);
        add_path(&path, &figure->clauses[i]->ref);
        json_put_text(writer, buf_slice(&path));
    }
    json_close_array(writer);
}

static void write_assumptions(struct json_writer *writer, const struct sla_figure *figure)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    json_key(writer, "assumptions");
    json_open_array(writer);
    for (size_t i = 0; i < figure->assumption_count; i++) {
        const struct sla_assumption *assumption = figure->assumptions[i];
        json_open_object(writer);
        buf_clear(&text);
        add_path(&text, &assumption->clause->ref);
        json_add_text(writer, "assumption", buf_slice(&text));
        buf_clear(&text);
        sla_clause_format(assumption->clause, &text);
        json_add_text(writer, "text", buf_slice(&text));
        json_add_text(writer, "owner", assumption->owner);
        json_add_bool(writer, "acknowledged", assumption->acknowledged);
        json_close_object(writer);
    }
    json_close_array(writer);
}

/* The same in short, for tables. */
static void write_assumes(struct json_writer *writer, const struct sla_figure *figure)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    json_key(writer, "assumes");
    json_open_array(writer);
    for (size_t i = 0; i < figure->assumption_count; i++) {
        const struct sla_assumption *assumption = figure->assumptions[i];
        buf_clear(&text);
        buf_printf(&text, "%s (%.*s)", assumption->clause->term->name,
                   SLICE_ARG(assumption->owner));
        json_put_text(writer, buf_slice(&text));
    }
    json_close_array(writer);
}

/* What is at the end of the steps, in parts of a percent, when somebody assumes independence. */
static void write_mean(struct json_writer *writer, const struct sla_figure *figure)
{
    const struct sla_step *last = &figure->steps[figure->step_count - 1];

    json_key(writer, "mean");
    json_put_decimal(writer, SLA_PPB - last->mean_ppb, 9);
    json_key(writer, "meanWithoutCommonCause");
    json_put_decimal(writer, SLA_PPB - last->apart_ppb, 9);
}

void sla_figure_write_json(const struct sla_figure *figure, struct json_writer *writer)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    json_open_object(writer);
    json_add_text(writer, "ucloud", figure->service->ucloud);
    json_add_text(writer, "service", figure->service->id);
    json_add_cstr(writer, "term", "availability");
    json_add_i64(writer, "window_ms", figure->window_ms);
    json_key(writer, "requirement");
    if (figure->requirement != NULL) {
        add_path(&text, &figure->requirement->ref);
        json_put_text(writer, buf_slice(&text));
        json_add_i64(writer, "allowed_ms", figure->allowed_ms);
    } else {
        json_put_null(writer);
    }
    json_add_i64(writer, "figure_ms", figure->figure_ms);
    json_add_i64(writer, "proven_ms", figure->proven_ms);
    json_add_i64(writer, "assumed_ms", figure->assumed_ms);
    json_add_i64(writer, "best_ms", figure->steps[figure->step_count - 1].best_ms);
    json_add_bool(writer, "unbounded", figure->is_unbounded);
    buf_clear(&text);
    add_formulas(figure, &text);
    json_add_text(writer, "formulas", buf_slice(&text));
    json_add_cstr(writer, "verdict", sla_verdict_name(figure->verdict));
    json_add_cstr(writer, "evidence", sla_evidence_name(figure->evidence));
    write_mean(writer, figure);
    write_paths(writer, figure);
    write_assumes(writer, figure);
    write_assumptions(writer, figure);
    json_close_object(writer);
}
