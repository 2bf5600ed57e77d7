#include "sla/read/request.h"

#include "base/date.h"
#include "sla/read/check.h"
#include "sla/read/field_types.h"
#include "sla/read/select.h"
#include "sla/report.h"
#include "sla/terms/domain.h"
#include "sla/terms/party.h"
#include "sla/terms/when.h"
#include "sla/values/guard.h"
#include "sla/values/moment.h"
#include "sla/words/form.h"

/* --- reading ---------------------------------------------------------------------------------- */

static struct diag *refuse(struct sla_reading *reading, struct diag_span span, const char *what)
{
    reading->good = false;
    return diag_add(reading->draft->diags, DIAG_ERROR, SLA_CODE_TEST, span, "%s", what);
}

/* Somebody in particular, or nobody that is known; then groups. */
static void check_asker(struct sla_reading *reading, const struct yaml_node *at, bool is_first)
{
    struct diag_list *diags = reading->draft->diags;
    struct sla_subject subject;
    struct status status = sla_parse_subject(at->text, &subject);

    if (!status_ok(&status)) {
        sla_report_subject(reading->draft, at, &status,
                           "by: user/ana`, `by: hospital-b` or `by: anyone");
        reading->good = false;
    } else if (subject.kind == SLA_SUBJECT_ROLE) {
        struct diag *diag = refuse(reading, yaml_span(at), "a role asks for nothing");
        diag_label(diags, diag, "stands for many");
        diag_help(diags, diag, "name the party that asks, or one of its people: `user/ana`");
    } else if (!is_first && subject.kind != SLA_SUBJECT_GROUP) {
        struct diag *diag = refuse(reading, yaml_span(at), "a request is made by one");
        diag_help(diags, diag,
                  "name who asks, then the groups: `by: [user/ana, group/radiology]`; or write a "
                  "test for each");
    }
}

static void check_askers(struct sla_reading *reading, const struct yaml_node *by)
{
    size_t count = sla_texts_count(by);

    if (count == 0 || count > POLICY_GROUPS_MAX + 1) {
        struct diag *diag = refuse(reading, yaml_span(by), "nobody asks, or too many");
        diag_help(reading->draft->diags, diag, "name who asks, and at most %d groups",
                  POLICY_GROUPS_MAX);
        return;
    }
    for (const struct yaml_node *at = sla_texts_first(by); at != NULL;
         at = sla_texts_next(by, at)) {
        check_asker(reading, at, at == sla_texts_first(by));
    }
}

/* A date that is another day of the week than was said. */
static bool check_date(struct sla_reading *reading, const struct sla_test_request *request)
{
    struct diag_list *diags = reading->draft->diags;
    unsigned day = sla_week_day_of(request->day);
    char text[DATE_TEXT_MAX];

    if (day == request->at.day) {
        return true;
    }
    date_format(request->day, text);
    struct diag *diag = refuse(reading, sla_reading_span(reading, TEST_REQUEST_DATE),
                               "the date is on another day of the week");
    diag_label(diags, diag, "a `%s`", sla_week_day_name(day));
    diag_secondary(diags, diag, sla_reading_span(reading, TEST_REQUEST_AT), "a `%s`",
                   sla_week_day_name(request->at.day));
    int32_t next = sla_moment_day(&request->at, request->day);
    bool is_last = next > DATE_LAST_DAY;
    date_format(is_last ? next - SLA_WEEK_DAYS : next, text);
    diag_help(diags, diag, "the %s `%s` is %s", is_last ? "last" : "next",
              sla_week_day_name(request->at.day), text);
    return false;
}

/* An hour that nobody can act in: the test would be of another one. Without a date another day of
 * that name is asked about. */
static void check_hour(struct sla_reading *reading, const struct sla_test_request *request)
{
    const struct sla_options *options = &reading->draft->options;
    int32_t day = sla_moment_day(&request->at, request->day);
    char text[DATE_TEXT_MAX];

    if (sla_moment_exists(options->zones, options->zone_count, &request->at, day)) {
        return;
    }
    date_format(day, text);
    struct diag *diag = refuse(reading, sla_reading_span(reading, TEST_REQUEST_AT),
                               "there is no such time that day");
    diag_label(reading->draft->diags, diag, "clocks of `%.*s` skip it on %s",
               SLICE_ARG(request->at.zone), text);
    diag_help(reading->draft->diags, diag, "write a time that clocks show, or another `date`");
}

static void check_country(struct sla_reading *reading, const struct sla_set *from)
{
    struct sla_set first = { { 0 } };

    sla_set_add(&first, sla_set_first(from));
    first = sla_set_minus(from, &first);
    if (sla_set_is_empty(&first)) {
        return;
    }
    struct diag *diag = refuse(reading, sla_reading_span(reading, TEST_REQUEST_FROM),
                               "a request comes from one country");
    diag_help(reading->draft->diags, diag, "write a test for each of those that matter");
}

void sla_check_request(struct sla_reading *reading, void *filled)
{
    struct sla_test_request *out = filled;
    static const struct {
        size_t field;
        unsigned known;
    } facts[] = {
        { TEST_REQUEST_PURPOSE, POLICY_KNOWS_PURPOSE },
        { TEST_REQUEST_FROM, POLICY_KNOWS_COUNTRY },
        { TEST_REQUEST_SEVERITY, POLICY_KNOWS_SEVERITY },
        { TEST_REQUEST_PHASE, POLICY_KNOWS_PHASE },
        { TEST_REQUEST_CLASS, POLICY_KNOWS_CLASSES },
        { TEST_REQUEST_CONSENTS, POLICY_KNOWS_CONSENTS },
        { TEST_REQUEST_DONE, POLICY_KNOWS_DONE },
    };

    if (out->by != NULL) {
        check_askers(reading, out->by);
    }
    out->has_at = sla_reading_filled(reading, TEST_REQUEST_AT);
    out->has_day = sla_reading_filled(reading, TEST_REQUEST_DATE);
    if (out->has_at && out->has_day && check_date(reading, out) &&
        !reading->draft->options.stored) { /* zones may have changed since */
        check_hour(reading, out);
    }
    if (sla_reading_filled(reading, TEST_REQUEST_FROM)) {
        check_country(reading, &out->from);
    }
    for (size_t i = 0; i < COUNT_OF(facts); i++) {
        if (sla_reading_filled(reading, facts[i].field)) {
            out->facts.known |= (uint8_t)facts[i].known;
        }
    }
}

/* --- binding ---------------------------------------------------------------------------------- */

struct binding {
    struct draft *draft;
    const struct draft_document *document;
    struct sla_test *test;
    bool good;
    bool knows_asker; /* or told already that nobody does */
};

/* A name of no clause that is nearly one that is: a test that passes for that reason tests nothing.
 */
static bool note_resembling(struct draft *draft, const struct yaml_node *at, struct slice part,
                            const struct slice *names, size_t count)
{
    struct diag_span span = sla_part_span(at, part);
    struct slice near = sla_nearest(draft, part, names, count);

    if (near.len == 0) {
        return false;
    }
    struct diag *diag = diag_add(draft->diags, DIAG_WARNING, SLA_CODE_RESEMBLING, span,
                                 "no clause speaks of `%.*s`, which resembles `%.*s`",
                                 SLICE_ARG(part), SLICE_ARG(near));
    diag_help(draft->diags, diag, "if the same is meant, write `%.*s`", SLICE_ARG(near));
    (void)diag_fix(draft->diags, diag, false, span, near, "replace with `%.*s`", SLICE_ARG(near));
    return true;
}

static size_t place_in(const struct slice *names, size_t count, struct slice name)
{
    size_t at = 0;

    while (at < count && !slice_eq(names[at], name)) {
        at++;
    }
    return at;
}

/* Its number and one; 0: none that a clause names. */
static uint16_t bind_purpose(struct binding *self, struct slice name, const struct yaml_node *at)
{
    size_t count = 0;
    const struct slice *names = sla_guards_purposes(self->draft->guards, &count);
    size_t place = place_in(names, count, name);

    if (place < count) {
        return (uint16_t)(place + 1);
    }
    (void)note_resembling(self->draft, at, name, names, count);
    return 0;
}

static void bind_purposes(struct binding *self)
{
    struct sla_test_request *request = &self->test->request;
    const struct yaml_node *list = yaml_get(self->test->node, "consents");
    const struct yaml_node *at = sla_texts_first(list);

    if ((request->facts.known & POLICY_KNOWS_PURPOSE) != 0) {
        request->facts.purpose =
            bind_purpose(self, request->purpose, yaml_get(self->test->node, "purpose"));
    }
    for (size_t i = 0; i < request->consent_count; i++) {
        uint16_t number = bind_purpose(self, request->consents[i], at);
        if (number > 0) {
            request->facts.consents |= UINT64_C(1) << (number - 1U);
        } else if (slice_eq(request->consents[i], request->purpose)) {
            request->facts.consents |= UINT64_C(1) << POLICY_OTHERS_BIT;
        }
        at = sla_texts_next(list, at);
    }
}

static uint64_t class_bit(const struct draft *draft, struct slice name)
{
    uint64_t bit = sla_guards_class(draft->guards, name);

    return bit != 0 ? bit : UINT64_C(1) << POLICY_OTHERS_BIT;
}

/* Of data, those that it holds are known when the test does not choose among them. */
static void bind_classes(struct binding *self)
{
    struct draft *draft = self->draft;
    struct sla_test_request *request = &self->test->request;
    const struct resource *resource = &draft->resources[self->test->resource]->resource;
    const struct yaml_node *list = yaml_get(self->test->node, "class");
    const struct yaml_node *at = sla_texts_first(list);

    for (size_t i = 0; i < request->class_count; i++) {
        if (place_in(resource->classes, resource->class_count, request->classes[i]) ==
            resource->class_count) {
            (void)sla_report_name(draft, SLA_CODE_NOT_HELD, yaml_span(at), request->classes[i],
                                  "a class that the resource holds", resource->classes,
                                  resource->class_count);
            self->good = false;
        }
        request->facts.classes |= class_bit(draft, request->classes[i]);
        at = sla_texts_next(list, at);
    }
    if (request->class_count == 0 && resource->plane == PLANE_DATA) {
        request->facts.known |= POLICY_KNOWS_CLASSES;
        for (size_t i = 0; i < resource->class_count; i++) {
            request->facts.classes |= class_bit(draft, resource->classes[i]);
        }
    }
}

/* The length of "hospital-a/user/" in "hospital-a/user/ana"; 0: a party. */
static size_t kind_len(struct slice path)
{
    size_t len = path.len;

    while (len > 0 && path.ptr[len - 1] != '/') {
        len--;
    }
    return len;
}

/* True also when there were too many names to look at. */
static bool clause_names(struct draft *draft, const struct draft_clause *clause, struct slice path)
{
    const struct sla_term *term = clause->clause.term;
    const struct sla_parties *parties = &clause->clause.value.parties;

    if (clause->broken || term == NULL || term->domain != &sla_domain_parties) {
        return false;
    }
    if (!sla_may_compare(draft, parties->count)) {
        return true;
    }
    for (size_t i = 0; i < parties->count; i++) {
        if (slice_eq(parties->items[i].name, path)) {
            return true;
        }
    }
    return false;
}

/* Whoever wrote a document, holds something or is named by a clause; a party of which no document
 * is here may be. So may anybody once names were compared too often. */
static bool is_named(const struct binding *self, struct slice path)
{
    struct draft *draft = self->draft;

    if (sla_parties_find(draft->parties, draft->party_count, path) != SLA_NOBODY) {
        return true;
    }
    for (size_t i = 0; i < draft->document_count && draft->options.partial; i++) {
        const struct draft_document *document = draft->documents[i];
        if (!sla_may_compare(draft, document->clause_count)) {
            return true;
        }
        for (size_t j = 0; j < document->clause_count; j++) {
            if (clause_names(draft, &document->clauses[j], path)) {
                return true;
            }
        }
    }
    return false;
}

/* Others of the same party and kind. */
static bool note_stranger(struct binding *self, const struct yaml_node *at, struct slice path)
{
    struct draft *draft = self->draft;
    size_t len = kind_len(path);
    size_t count = 0;

    if (!sla_may_compare(draft, draft->party_count)) {
        return true;
    }
    struct slice *names = ARENA_NEW(draft->arena, struct slice, draft->party_count + 1);
    for (size_t i = 0; i < draft->party_count; i++) {
        struct slice name = draft->parties[i].name;
        if (kind_len(name) == len && slice_starts(name, slice_sub(path, 0, len))) {
            names[count++] = slice_sub(name, len, name.len);
        }
    }
    return note_resembling(draft, at, slice_sub(at->text, kind_len(at->text), at->text.len), names,
                           count);
}

/* People and groups by the path that begins with their party; empty: somebody unknown. */
static struct slice bind_subject(struct binding *self, const struct yaml_node *at)
{
    struct draft *draft = self->draft;
    struct sla_subject subject;
    struct slice name = at->text;
    struct status status = sla_parse_subject(at->text, &subject);

    if (!status_ok(&status) || subject.kind == SLA_SUBJECT_ANYONE) {
        self->knows_asker = true;
        return (struct slice){ 0 };
    }
    if (subject.party.len > 0 &&
        !sla_party_is_known(draft, self->document, yaml_span(at), subject.party)) {
        self->good = false;
        self->knows_asker = true;
        return name;
    }
    if (subject.kind != SLA_SUBJECT_PARTY && subject.party.len == 0) {
        name = arena_printf(draft->arena, "%.*s/%.*s", SLICE_ARG(self->document->document.party),
                            SLICE_ARG(at->text));
    }
    self->knows_asker |= is_named(self, name) || note_stranger(self, at, name);
    return name;
}

/* A stranger by a name: it may be a slip, and `anyone` says the same without one. */
static void note_nobody(struct binding *self, const struct yaml_node *at, struct slice path)
{
    struct draft *draft = self->draft;
    struct slice party = sla_party_base_name(path);
    struct diag *diag = diag_add(draft->diags, DIAG_WARNING, SLA_CODE_STRANGER, yaml_span(at),
                                 "nothing names `%.*s`", SLICE_ARG(at->text));

    diag_label(draft->diags, diag, "a stranger to every clause");
    if (party.len < path.len && is_named(self, party)) {
        diag_help(draft->diags, diag,
                  "name who a clause names; or, if nobody in particular is meant, `anyone` for a "
                  "stranger, or `%.*s` for any of its people",
                  SLICE_ARG(party));
    } else {
        diag_help(draft->diags, diag,
                  "name somebody of a party of these documents, or `anyone` for a stranger");
    }
}

static void bind_subjects(struct binding *self)
{
    struct sla_test_request *request = &self->test->request;
    struct slice *names = ARENA_NEW(self->draft->arena, struct slice, sla_texts_count(request->by));
    const struct yaml_node *first = sla_texts_first(request->by);

    for (const struct yaml_node *at = first; at != NULL; at = sla_texts_next(request->by, at)) {
        names[request->subject_count++] = bind_subject(self, at);
    }
    if (first != NULL && !self->knows_asker &&
        self->draft->diags->errors == 0) { /* else who names them may be unreadable */
        note_nobody(self, first, names[0]);
    }
    request->subjects = names;
}

static void bind_act(struct binding *self)
{
    struct draft *draft = self->draft;
    struct sla_test_request *request = &self->test->request;
    const struct resource *resource = &draft->resources[self->test->resource]->resource;
    const struct sla_act_type *type = sla_act_type(request->action);

    request->facts.act = (uint16_t)request->action;
    if ((type->planes & SLA_BIT(resource->plane)) != 0) {
        return;
    }
    self->good = false;
    if (draft->resources[self->test->resource]->broken) {
        return; /* it may be its plane that could not be read */
    }
    struct diag *diag = diag_add(
        draft->diags, DIAG_ERROR, SLA_CODE_PLANE, yaml_span(yaml_get(self->test->node, "action")),
        "nobody does `%s` to `%.*s`", type->name, SLICE_ARG(self->test->about));
    diag_label(draft->diags, diag, "not of plane `%s`", plane_kind_name(resource->plane));
    diag_secondary(draft->diags, diag, self->test->about_span, "on plane `%s`",
                   plane_kind_name(resource->plane));
    diag_help(draft->diags, diag, "name a resource of the act's plane, or another act");
}

bool sla_bind_request(struct draft *draft, const struct draft_document *document,
                      struct sla_test *test)
{
    struct binding self = { .draft = draft, .document = document, .test = test, .good = true };
    struct sla_test_request *request = &test->request;

    request->facts.resource = (uint32_t)test->resource;
    request->facts.severity = (uint8_t)request->severity;
    request->facts.phase = (uint8_t)request->phase;
    request->facts.done_acts = request->done;
    if ((request->facts.known & POLICY_KNOWS_COUNTRY) != 0) {
        request->facts.country = (uint16_t)(sla_set_first(&request->from) + 1);
    }
    bind_act(&self);
    bind_subjects(&self);
    bind_purposes(&self);
    bind_classes(&self);
    if (request->has_at) {
        self.good &= sla_zone_is_known(draft, yaml_get(test->node, "at"), request->at.zone);
    }
    return self.good;
}
