#include "sla/agree/absent.h"

#include "sla/report.h"

/* The document of another kind or party that has the name of a pin; NULL: none has. */
static const struct draft_document *find_namesake(const struct draft *draft,
                                                  const struct sla_pin *pin)
{
    for (size_t i = 0; i < draft->document_count; i++) {
        if (slice_eq(draft->documents[i]->document.name, pin->name)) {
            return draft->documents[i];
        }
    }
    return NULL;
}

/* A document of its kind and party with nearly its name, one of its name that is otherwise, or
 * none. */
static void help_to_absent(struct draft *draft, struct diag *diag, const struct sla_pin *pin)
{
    const struct draft_document *namesake = find_namesake(draft, pin);
    struct slice *names = ARENA_NEW(draft->arena, struct slice, draft->document_count + 1);
    size_t count = 0;

    for (size_t i = 0; i < draft->document_count; i++) {
        const struct sla_document *at = &draft->documents[i]->document;
        if (at->kind == pin->kind && slice_eq(at->party, pin->party)) {
            names[count++] = at->name;
        }
    }
    struct slice near = sla_nearest(draft, pin->name, names, count);
    if (near.len > 0) {
        diag_help(draft->diags, diag, "did you mean `%.*s`?", SLICE_ARG(near));
        (void)diag_fix(draft->diags, diag, false, pin->span, near, "replace with `%.*s`",
                       SLICE_ARG(near));
    } else if (namesake != NULL) {
        diag_secondary(draft->diags, diag, namesake->document.span, "this is %s `%.*s` of `%.*s`",
                       sla_kind_name(namesake->document.kind), SLICE_ARG(pin->name),
                       SLICE_ARG(namesake->document.party));
        diag_help(draft->diags, diag,
                  "pin it by its kind and party, or mend these there, or add the file with this "
                  "document");
    } else {
        diag_help(draft->diags, diag, "add the file with this document");
    }
}

/* Whether it may be what was refused: one root cause is told once. */
static bool may_be_refused(const struct draft *draft, const struct sla_pin *pin)
{
    const struct draft_document *namesake = find_namesake(draft, pin);

    return draft->is_unread || (namesake != NULL && namesake->broken);
}

void sla_report_absent(struct draft *draft, const struct sla_pin *pin,
                       const struct draft_document *found)
{
    enum diag_level level = draft->options.partial ? DIAG_WARNING : DIAG_ERROR;

    if (found == NULL && may_be_refused(draft, pin)) {
        return;
    }
    struct diag *diag = diag_add(draft->diags, level, SLA_CODE_NO_DOCUMENT, pin->span,
                                 "%s `%.*s` of `%.*s`, version %u, is not among the documents",
                                 sla_kind_name(pin->kind), SLICE_ARG(pin->name),
                                 SLICE_ARG(pin->party), pin->version);

    if (found != NULL) {
        diag_secondary(draft->diags, diag, found->document.span, "this is version %u",
                       found->document.version);
        diag_help(draft->diags, diag, "pin version %u, or add the version that was agreed on",
                  found->document.version);
    } else {
        help_to_absent(draft, diag, pin);
    }
    sla_report_partial(draft, diag);
}
