#include "sla/agree/promise.h"
#include "sla/compose/recovery.h"
#include "sla/conflict/conflict.h"

void sla_recovery_format_amount(const struct sla_recovery *recovery, struct buf *out)
{
    if (recovery->of_nothing) {
        buf_add_cstr(out, "no part of it holds data");
        return;
    }
    if (recovery->figure_ms >= SLA_RECOVERY_NEVER) {
        buf_add_cstr(out, "nobody says how long");
        return;
    }
    buf_add_cstr(out, recovery->verdict == SLA_IMPOSSIBLE ? "at least " : "at most ");
    sla_format_span_ms(recovery->figure_ms, out);
}

static bool is_time(const struct sla_recovery *recovery)
{
    return slice_is(slice_from(recovery->requirement->term->name), "recovery.time");
}

static void add_figure(const struct sla_recovery *recovery, struct buf *out)
{
    if (recovery->of_nothing) {
        buf_printf(out, "no part of `%.*s` holds data (F7)", SLICE_ARG(recovery->service->id));
        return;
    }
    if (recovery->figure_ms >= SLA_RECOVERY_NEVER) {
        buf_printf(out, "nobody says how long `%.*s` %s (F7)", SLICE_ARG(recovery->service->id),
                   is_time(recovery) ? "takes to be back" : "falls back");
        return;
    }
    buf_printf(out, "`%.*s` %s ", SLICE_ARG(recovery->service->id),
               is_time(recovery) ? "is back after" : "falls back by");
    sla_recovery_format_amount(recovery, out);
    buf_add_cstr(out, " (F7)");
}

static struct diag *add_finding(const struct sla_recovery *recovery, struct diag_list *diags)
{
    const struct sla_clause *clause = recovery->requirement;
    enum diag_level level = clause->strength == SLA_SHOULD ? DIAG_WARNING : DIAG_ERROR;

    if (recovery->verdict == SLA_IMPOSSIBLE) {
        return diag_add(diags, level, SLA_CODE_SERVICE_IMPOSSIBLE, clause->value_span,
                        "service `%.*s` cannot get what `%.*s` %s",
                        SLICE_ARG(recovery->service->id), SLICE_ARG(clause->ref.clause),
                        clause->strength == SLA_SHOULD ? "asks for (should)" : "requires");
    }
    if (recovery->verdict == SLA_UNPROVEN) {
        return diag_add(diags, DIAG_WARNING, SLA_CODE_UNPROVEN, clause->value_span,
                        "clause `%.*s` is unproven of service `%.*s`",
                        SLICE_ARG(clause->ref.clause), SLICE_ARG(recovery->service->id));
    }
    level = DIAG_NOTE;
    for (size_t i = 0; i < recovery->assumption_count; i++) {
        level = recovery->assumptions[i]->acknowledged ? level : DIAG_WARNING;
    }
    return diag_add(diags, level, SLA_CODE_ASSUMED, clause->value_span,
                    "clause `%.*s` holds of service `%.*s` only as assumed",
                    SLICE_ARG(clause->ref.clause), SLICE_ARG(recovery->service->id));
}

static const char *help_of(const struct sla_recovery *recovery)
{
    if (recovery->verdict == SLA_ASSUMED) {
        return "nothing to do as long as it is true and its owner stands to it";
    }
    if (recovery->of_nothing) {
        return "let the service need the machines or stores that hold its data";
    }
    if (recovery->verdict == SLA_UNPROVEN && is_time(recovery) &&
        recovery->best_ms <= recovery->allowed_ms) {
        return "ask for offers of every part; if parts are restored at the same time, assume "
               "`restore.parallel`";
    }
    return "ask for better offers, need fewer of the parts, or allow more";
}

void sla_explain_recovery(const struct sla_recovery *recovery, struct diag *diag,
                          struct diag_list *diags)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    for (size_t i = 0; recovery->verdict == SLA_ASSUMED && i < recovery->assumption_count; i++) {
        sla_show_assumption(recovery->assumptions[i], diag, diags);
    }
    add_figure(recovery, &text);
    diag_note(diags, diag, "%.*s", (int)text.len, text.ptr);
    if (recovery->verdict == SLA_ASSUMED) {
        sla_note_evidence(recovery->evidence, diag, diags);
    }
    diag_help(diags, diag, "%s", help_of(recovery));
}

void sla_report_recoveries(struct sla_world *world, struct diag_list *diags)
{
    for (size_t i = 0; i < world->recovery_count; i++) {
        const struct sla_recovery *recovery = &world->recoveries[i];
        if (recovery->verdict < SLA_ASSUMED) {
            continue;
        }
        world->summary.impossible += recovery->verdict == SLA_IMPOSSIBLE ? 1 : 0;
        world->summary.unproven += recovery->verdict == SLA_UNPROVEN ? 1 : 0;
        sla_explain_recovery(recovery, add_finding(recovery, diags), diags);
    }
}

void sla_recovery_write_json(const struct sla_recovery *recovery, struct json_writer *writer)
{
    const struct clause_ref *ref = &recovery->requirement->ref;
    CLEANUP(buf_done) struct buf text = { 0 };

    json_open_object(writer);
    json_add_text(writer, "ucloud", recovery->service->ucloud);
    json_add_text(writer, "service", recovery->service->id);
    json_add_cstr(writer, "term", recovery->requirement->term->name);
    buf_printf(&text, "%.*s/%.*s/%.*s", SLICE_ARG(ref->party), SLICE_ARG(ref->document),
               SLICE_ARG(ref->clause));
    json_add_text(writer, "requirement", buf_slice(&text));
    json_add_i64(writer, "allowed_ms", recovery->allowed_ms);
    json_key(writer, "figure_ms");
    if (recovery->figure_ms < SLA_RECOVERY_NEVER) {
        json_put_i64(writer, recovery->figure_ms);
    } else {
        json_put_null(writer);
    }
    json_add_cstr(writer, "formulas", "F7");
    json_add_cstr(writer, "verdict", sla_verdict_name(recovery->verdict));
    json_add_cstr(writer, "evidence", sla_evidence_name(recovery->evidence));
    json_key(writer, "assumes");
    json_open_array(writer);
    for (size_t i = 0; i < recovery->assumption_count; i++) {
        buf_clear(&text);
        buf_printf(&text, "%s (%.*s)", recovery->assumptions[i]->clause->term->name,
                   SLICE_ARG(recovery->assumptions[i]->owner));
        json_put_text(writer, buf_slice(&text));
    }
    json_close_array(writer);
    json_close_object(writer);
}
