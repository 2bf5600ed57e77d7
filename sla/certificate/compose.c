#include "sla/certificate/compose.h"

#include "base/wide.h"
#include "sla/agree/promise.h"
#include "sla/certificate/kofn.h"
#include "sla/values/guard.h"

#include <inttypes.h>

/* Shares nothing with the composition but the data. */

enum { PARTS_MAX = 64 };

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static struct status wrong(size_t step, const char *what)
{
    return status_error(STATUS_INVALID, "step %zu: %s", step, what);
}

/* ceil(amount * share), in 128 bits. */
static int64_t part_of(int64_t amount, int64_t share_ppb)
{
    wide_t product = (wide_t)(uint64_t)amount * (uint64_t)share_ppb;

    return (int64_t)((product + SLA_PPB - 1) / SLA_PPB);
}

/* The beta factor: a cause that all have in common, the rest independent in the time it leaves. */
static bool is_common(const int64_t *down, const struct sla_step *step, int64_t share_ppb)
{
    int64_t rest[PARTS_MAX];
    int64_t cause = 0;

    for (size_t i = 0; i < step->part_count; i++) {
        int64_t own = part_of(down[i], share_ppb);
        cause = own > cause ? own : cause;
    }
    if (sla_is_bound(down, step->part_count, step->need, SLA_PPB, step->mean_ppb)) {
        return true; /* true of any dependence, and never above it */
    }
    int64_t left = SLA_PPB - cause;
    for (size_t i = 0; i < step->part_count; i++) {
        rest[i] = least(part_of(down[i], SLA_PPB - share_ppb), left);
    }
    if (left == 0) {
        return step->mean_ppb == cause;
    }
    return sla_is_mean(rest, step->part_count, step->need, left, step->mean_ppb - cause) ||
           sla_is_bound(rest, step->part_count, step->need, left, step->mean_ppb - cause);
}

/* --- amounts in windows ---------------------------------------------------------------------- */

/* Down in one interval that begins `phase` before the end of an offer's window. */
static int64_t with_phase(int64_t spent, int64_t every, int64_t length, int64_t phase)
{
    int64_t first = least(phase, length), rest = length - first;

    return least(spent, first) + rest / every * spent + least(spent, rest % every);
}

/* The worst phase: between these the sum is linear. */
static int64_t worst(int64_t spent, int64_t every, int64_t length, bool aligned)
{
    int64_t most = 0;

    spent = least(spent, every);
    const int64_t phases[] = { spent, every, length % every,
                               (length - spent % every + every) % every };
    for (size_t i = 0; i < sizeof(phases) / sizeof(phases[0]); i++) {
        int64_t at = with_phase(spent, every, length, phases[i]);
        most = at > most ? at : most;
    }
    return aligned && every == length ? spent : most;
}

/* --- resources ------------------------------------------------------------------------------- */

static bool is_in(const size_t *list, size_t count, size_t element)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i] == element) {
            return true;
        }
    }
    return false;
}

static bool offers(const struct sla_world *world, const struct sla_clause *clause,
                   const struct sla_figure *figure, size_t resource)
{
    return sla_guards_covers(world->guards, clause->guard, figure->guard) && clause->term != NULL &&
           slice_is(slice_from(clause->term->name), "availability") &&
           clause->stance == SLA_OFFERS &&
           slice_eq(clause->ref.party, world->policies.resources[resource].provider) &&
           is_in(clause->resources, clause->resource_count, resource);
}

/* In force, of this kind, and about the resource (or, with service, about that). */
static bool is_assumed(const struct sla_world *world, const struct sla_assumption *assumption,
                       enum sla_assuming what, const struct sla_service *service, size_t resource)
{
    bool there = false;

    for (size_t i = 0; i < world->assumption_count; i++) {
        there |= &world->assumptions[i] == assumption;
    }
    if (!there || assumption->what != what) {
        return false;
    }
    const struct sla_clause *clause = assumption->clause;
    if (service == NULL) {
        return is_in(clause->resources, clause->resource_count, resource);
    }
    for (size_t i = 0; i < clause->service_count; i++) {
        if (clause->services[i] == service) {
            return true;
        }
    }
    return false;
}

/* What an offer gives, each figure apart. */
struct gives {
    int64_t bound, assumed, planned, best, share;
};

static struct gives gives_of(const struct sla_clause *offer, int64_t window, bool aligned)
{
    int64_t every = offer->value.window_ms, planned = offer->value.planned_ms;
    int64_t share = SLA_PPB - offer->value.range.least;
    int64_t spent = part_of(every, share) + planned;
    int64_t always = (int64_t)((wide_t)(uint64_t)window * (uint64_t)share / SLA_PPB);

    return (struct gives){
        .bound = worst(spent, every, window, false),
        .assumed = worst(spent, every, window, aligned),
        .planned = worst(planned, every, window, aligned),
        .best = least(always + window / every * planned, window),
        .share = share,
    };
}

/* Offers that are used are there; and the best case is that of the best of all. */
static struct status check_resource(const struct sla_world *world, const struct sla_figure *figure,
                                    size_t at)
{
    const struct sla_step *step = &figure->steps[at];
    const struct sla_clause *used[] = { step->by_bound, step->by_assumed, step->by_mean };
    int64_t window = figure->window_ms;
    bool aligned = step->aligned != NULL;
    int64_t best = window;
    bool any = false;

    if (aligned && !is_assumed(world, step->aligned, SLA_ASSUME_ALIGNED, NULL, step->resource)) {
        return wrong(at, "nobody assumes that windows are aligned");
    }
    for (size_t i = 0; i < world->clause_count; i++) {
        if (offers(world, world->clauses[i], figure, step->resource)) {
            struct gives gives = gives_of(world->clauses[i], window, aligned);
            best = least(best, gives.best);
            any = true;
        }
    }
    for (size_t i = 0; i < 3; i++) {
        if ((used[i] != NULL) != any || (any && !offers(world, used[i], figure, step->resource))) {
            return wrong(at, "not what is offered of the resource");
        }
    }
    if (!any) {
        bool silent = step->bound_ms == window && step->assumed_ms == window &&
                      step->mean_ppb == SLA_PPB && step->apart_ppb == SLA_PPB &&
                      step->planned_ms == 0 && step->best_ms == 0;
        return silent ? STATUS_SUCCESS : wrong(at, "silence is no promise");
    }
    struct gives mean = gives_of(used[2], window, aligned);
    if (gives_of(used[0], window, aligned).bound != step->bound_ms ||
        gives_of(used[1], window, aligned).assumed != step->assumed_ms ||
        mean.share != step->mean_ppb || mean.share != step->apart_ppb ||
        mean.planned != step->planned_ms || best != step->best_ms) {
        return wrong(at, "not what the offer gives");
    }
    return STATUS_SUCCESS;
}

/* --- all and some ---------------------------------------------------------------------------- */

static struct status check_sums(const struct sla_figure *figure, size_t at, int64_t *out_planned)
{
    const struct sla_step *step = &figure->steps[at];

    *out_planned = 0;
    for (size_t i = 0; i < step->part_count; i++) {
        if (step->parts[i] >= at) {
            return wrong(at, "rests on a later step");
        }
        *out_planned += figure->steps[step->parts[i]].planned_ms;
    }
    *out_planned = least(*out_planned, figure->window_ms);
    return *out_planned == step->planned_ms ? STATUS_SUCCESS : wrong(at, "planned work");
}

/* What the parts give without the mean; the mean may then be less, if somebody says so. */
static struct status check_mean_of_window(const struct sla_world *world,
                                          const struct sla_figure *figure, size_t at,
                                          bool parts_fit)
{
    const struct sla_step *step = &figure->steps[at];
    int64_t mean =
        least(part_of(figure->window_ms, step->mean_ppb) + step->planned_ms, figure->window_ms);

    if (step->mean == NULL) {
        return parts_fit ? STATUS_SUCCESS : wrong(at, "not what its parts give");
    }
    if (step->service == NULL ||
        !is_assumed(world, step->mean, SLA_ASSUME_MEAN, step->service, 0)) {
        return wrong(at, "nobody assumes that a window is like the mean");
    }
    return step->assumed_ms == mean ? STATUS_SUCCESS : wrong(at, "not what the mean gives");
}

static bool has_part(const struct sla_figure *figure, const struct sla_step *step,
                     const struct sla_service *service, size_t resource)
{
    for (size_t i = 0; i < step->part_count; i++) {
        const struct sla_step *part = &figure->steps[step->parts[i]];
        if (service != NULL ? part->service == service
                            : part->kind == SLA_STEP_RESOURCE && part->resource == resource) {
            return true;
        }
    }
    return false;
}

/* Everything that the service needs, however deep, is a part. */
// NOLINTNEXTLINE(misc-no-recursion): services are 16 deep
static bool is_covered(const struct sla_figure *figure, const struct sla_step *step,
                       const struct sla_service *service)
{
    if (service->need != service->part_count) {
        return false;
    }
    for (size_t i = 0; i < service->part_count; i++) {
        const struct sla_part *part = &service->parts[i];
        if (part->service != NULL && !has_part(figure, step, part->service, 0) &&
            !is_covered(figure, step, part->service)) {
            return false;
        }
        for (size_t j = 0; j < part->resource_count; j++) {
            if (!has_part(figure, step, NULL, part->resources[j])) {
                return false;
            }
        }
    }
    return true;
}

static struct status check_all(const struct sla_world *world, const struct sla_figure *figure,
                               size_t at)
{
    const struct sla_step *step = &figure->steps[at];
    int64_t planned = 0, bound = 0, assumed = 0, mean = 0, apart = 0, best = 0;

    TRY(check_sums(figure, at, &planned));
    if (step->service != NULL && !is_covered(figure, step, step->service)) {
        return wrong(at, "something that is needed was left out");
    }
    for (size_t i = 0; i < step->part_count; i++) {
        const struct sla_step *part = &figure->steps[step->parts[i]];
        bound += part->bound_ms;
        assumed += part->assumed_ms;
        mean += part->mean_ppb;
        apart += part->apart_ppb;
        best = part->best_ms > best ? part->best_ms : best;
    }
    if (step->bound_ms != least(bound, figure->window_ms) ||
        step->mean_ppb != least(mean, SLA_PPB) || step->apart_ppb != least(apart, SLA_PPB) ||
        step->best_ms != best) {
        return wrong(at, "not the sum of its parts");
    }
    return check_mean_of_window(world, figure, at,
                                step->assumed_ms == least(assumed, figure->window_ms));
}

/* Each part by its own step, in order. */
static bool parts_match(const struct sla_figure *figure, const struct sla_step *step)
{
    const struct sla_service *service = step->service;

    if (service == NULL || service->part_count != step->part_count || service->need != step->need) {
        return false;
    }
    for (size_t i = 0; i < step->part_count; i++) {
        const struct sla_part *part = &service->parts[i];
        const struct sla_step *from = &figure->steps[step->parts[i]];
        if (from->service != part->service) {
            return false;
        }
        for (size_t j = 0; part->service == NULL && j < part->resource_count; j++) {
            bool itself = from->kind == SLA_STEP_RESOURCE && part->resource_count == 1 &&
                          from->resource == part->resources[j];
            if (!itself && !has_part(figure, from, NULL, part->resources[j])) {
                return false;
            }
        }
    }
    return true;
}

static bool meets(const struct sla_part *a, const struct sla_part *b)
{
    const size_t *left = a->service != NULL ? a->service->resources : a->resources;
    const size_t *right = b->service != NULL ? b->service->resources : b->resources;
    size_t left_count = a->service != NULL ? a->service->resource_count : a->resource_count;
    size_t right_count = b->service != NULL ? b->service->resource_count : b->resource_count;

    for (size_t i = 0; i < left_count; i++) {
        if (is_in(right, right_count, left[i])) {
            return true;
        }
    }
    return false;
}

static bool share_nothing(const struct sla_service *service)
{
    for (size_t i = 0; i < service->part_count; i++) {
        for (size_t j = i + 1; j < service->part_count; j++) {
            if (meets(&service->parts[i], &service->parts[j])) {
                return false;
            }
        }
    }
    return true;
}

static struct status check_means(const struct sla_world *world, const struct sla_figure *figure,
                                 size_t at)
{
    const struct sla_step *step = &figure->steps[at];
    int64_t mean[PARTS_MAX], apart[PARTS_MAX];
    size_t count = step->part_count;

    for (size_t i = 0; i < count; i++) {
        mean[i] = figure->steps[step->parts[i]].mean_ppb;
        apart[i] = figure->steps[step->parts[i]].apart_ppb;
    }
    if (step->independent == NULL) {
        return sla_is_bound(mean, count, step->need, SLA_PPB, step->mean_ppb) &&
                       sla_is_bound(apart, count, step->need, SLA_PPB, step->apart_ppb) &&
                       step->common == NULL
                   ? STATUS_SUCCESS
                   : wrong(at, "not what parts give that may depend on each other");
    }
    if (!share_nothing(step->service) ||
        !is_assumed(world, step->independent, SLA_ASSUME_INDEPENDENT, step->service, 0) ||
        (step->common != NULL &&
         !is_assumed(world, step->common, SLA_ASSUME_COMMON, step->service, 0))) {
        return wrong(at, "its parts are not assumed to fail independently");
    }
    bool fits = step->common != NULL
                    ? is_common(mean, step, step->common->value)
                    : sla_is_mean(mean, count, step->need, SLA_PPB, step->mean_ppb) ||
                          sla_is_bound(mean, count, step->need, SLA_PPB, step->mean_ppb);
    fits = fits && (sla_is_mean(apart, count, step->need, SLA_PPB, step->apart_ppb) ||
                    sla_is_bound(apart, count, step->need, SLA_PPB, step->apart_ppb));
    return fits ? STATUS_SUCCESS : wrong(at, "not what independent parts give");
}

static struct status check_some(const struct sla_world *world, const struct sla_figure *figure,
                                size_t at)
{
    const struct sla_step *step = &figure->steps[at];
    int64_t bound[PARTS_MAX], assumed[PARTS_MAX], up[PARTS_MAX];
    int64_t window = figure->window_ms, planned = 0;
    size_t count = step->part_count;

    TRY(check_sums(figure, at, &planned));
    if (count > PARTS_MAX || !parts_match(figure, step)) {
        return wrong(at, "its parts are not those of the service");
    }
    for (size_t i = 0; i < count; i++) {
        const struct sla_step *part = &figure->steps[step->parts[i]];
        bound[i] = part->bound_ms;
        assumed[i] = part->assumed_ms;
        up[i] = window - part->best_ms;
    }
    /* down at least: what is left when `need` are up for as long as that can be */
    if (!sla_is_bound(bound, count, step->need, window, step->bound_ms) ||
        !sla_is_bound(up, count, count - step->need + 1, window, window - step->best_ms)) {
        return wrong(at, "not what k of n give");
    }
    TRY(check_means(world, figure, at));
    return check_mean_of_window(world, figure, at,
                                sla_is_bound(assumed, count, step->need, window, step->assumed_ms));
}

/* --- what comes on top ----------------------------------------------------------------------- */

static int64_t longest_pause(const struct sla_world *world, size_t resource)
{
    enum plane_kind plane = world->policies.resources[resource].plane;
    int64_t longest = 0;

    for (size_t i = 0; i < world->clause_count; i++) {
        const struct sla_clause *clause = world->clauses[i];
        if (clause->reaction == NULL ||
            !is_in(clause->resources, clause->resource_count, resource)) {
            continue;
        }
        for (size_t j = 0; j < clause->reaction->respond_count; j++) {
            enum action_kind kind = clause->reaction->respond[j];
            bool stops = (plane == PLANE_COMPUTE && kind == ACTION_COMPUTE_SUSPEND) ||
                         (plane == PLANE_NETWORK && kind == ACTION_NETWORK_ISOLATE) ||
                         (plane == PLANE_DATA && kind == ACTION_DATA_FREEZE);
            if (stops && clause->reaction->lease_ms > longest) {
                longest = clause->reaction->lease_ms;
            }
        }
    }
    return longest;
}

/* `each`, so often in every interval of the count's window: the last interval may be cut. */
static int64_t spent_of(const struct sla_assumption *count, int64_t each, int64_t window)
{
    int64_t every = count->clause->value.window_ms;
    wide_t all = (wide_t)(uint64_t)each * (uint64_t)count->value;
    int64_t spent = all < (wide_t)(uint64_t)every ? (int64_t)all : every;
    int64_t whole = window - window % every;

    return whole / every * spent + least(spent, window - whole);
}

/* How often the figure speaks of this step on top, and that it is right. */
static struct status check_spending(const struct sla_world *world, const struct sla_figure *figure,
                                    size_t at, const struct sla_spending *spending)
{
    const struct sla_step *step = &figure->steps[at];
    bool pause = step->kind == SLA_STEP_RESOURCE;
    int64_t each = 0;

    if (pause) {
        each = longest_pause(world, step->resource);
        if (spending->reaction == NULL || spending->reaction->reaction->lease_ms != each) {
            return wrong(at, "not the longest pause");
        }
    } else if (spending->time != NULL &&
               is_assumed(world, spending->time, SLA_ASSUME_FAILOVER_TIME, step->service, 0)) {
        each = spending->time->value;
    } else {
        return wrong(at, "nobody says how long a switch takes");
    }
    if (spending->count == NULL) {
        return figure->is_unbounded ? STATUS_SUCCESS : wrong(at, "without bound");
    }
    if (!is_assumed(world, spending->count,
                    pause ? SLA_ASSUME_PAUSE_COUNT : SLA_ASSUME_FAILOVER_COUNT, step->service,
                    step->resource)) {
        return wrong(at, "nobody says how often");
    }
    return spending->spent_ms == spent_of(spending->count, each, figure->window_ms)
               ? STATUS_SUCCESS
               : wrong(at, "not what is spent on top");
}

static bool switches(const struct sla_world *world, const struct sla_service *service)
{
    for (size_t i = 0; i < world->assumption_count; i++) {
        if (is_assumed(world, &world->assumptions[i], SLA_ASSUME_FAILOVER_TIME, service, 0)) {
            return true;
        }
    }
    return false;
}

static struct status check_spendings(const struct sla_world *world, const struct sla_figure *figure)
{
    size_t next = 0;
    int64_t sum = 0;

    for (size_t i = 0; i < figure->step_count; i++) {
        const struct sla_step *step = &figure->steps[i];
        bool spends = step->kind == SLA_STEP_RESOURCE
                          ? longest_pause(world, step->resource) > 0
                          : step->kind == SLA_STEP_SOME && switches(world, step->service);
        if (!spends) {
            continue;
        }
        if (next == figure->spending_count) {
            return wrong(i, "what is spent on top was left out");
        }
        TRY(check_spending(world, figure, i, &figure->spendings[next]));
        sum += figure->spendings[next++].spent_ms;
    }
    return next == figure->spending_count && figure->spent_ms == least(sum, figure->window_ms)
               ? STATUS_SUCCESS
               : status_error(STATUS_INVALID, "spent on top: %" PRId64 " ms", figure->spent_ms);
}

/* --- the verdict ----------------------------------------------------------------------------- */

/* Every offer behind it is a promise to who requires it; nobody in particular asks for less. */
static bool is_promised(const struct sla_world *world, const struct sla_figure *figure)
{
    for (size_t i = 0; figure->requirement != NULL && i < figure->step_count; i++) {
        const struct sla_clause *offer = figure->steps[i].by_bound;
        if (figure->steps[i].kind == SLA_STEP_RESOURCE && offer != NULL &&
            !sla_document_is_promised(world, offer->document, figure->requirement->ref.party)) {
            return false;
        }
    }
    return true;
}

static struct status check_verdict(const struct sla_world *world, const struct sla_figure *figure)
{
    const struct sla_step *last = &figure->steps[figure->step_count - 1];
    int64_t allowed = figure->allowed_ms;
    int64_t proven = least(last->bound_ms + figure->spent_ms, figure->window_ms);
    int64_t assumed = least(last->assumed_ms + figure->spent_ms, figure->window_ms);
    bool words = figure->spending_count > 0, always = figure->guard == SLA_GUARD_ALWAYS;
    bool good = figure->proven_ms == proven && figure->assumed_ms == assumed;

    switch (figure->verdict) {
    case SLA_PROVEN:
    case SLA_ADVERTISED:
        good = good && !figure->is_unbounded && !words && proven <= allowed &&
               (figure->verdict == SLA_PROVEN) == is_promised(world, figure);
        break;
    case SLA_ASSUMED:
        good = good && !figure->is_unbounded && assumed <= allowed && last->best_ms <= allowed &&
               (words || proven > allowed || figure->requirement == NULL) &&
               figure->assumption_count > 0;
        break;
    case SLA_IMPOSSIBLE:
        good = good && last->best_ms > allowed && always;
        break;
    case SLA_UNPROVEN:
        good = good && (last->best_ms <= allowed || !always) &&
               (figure->is_unbounded || assumed > allowed);
        break;
    case SLA_TO_ENFORCE:
        good = false;
        break;
    }
    return good ? STATUS_SUCCESS
                : status_error(STATUS_INVALID, "the verdict `%s` does not follow",
                               sla_verdict_name(figure->verdict));
}

struct status sla_figure_check(const struct sla_world *world, const struct sla_figure *figure)
{
    if (figure->step_count == 0 ||
        figure->steps[figure->step_count - 1].service != figure->service) {
        return status_error(STATUS_INVALID, "the steps do not lead to the service");
    }
    for (size_t i = 0; i < figure->step_count; i++) {
        switch (figure->steps[i].kind) {
        case SLA_STEP_RESOURCE:
            TRY(check_resource(world, figure, i));
            break;
        case SLA_STEP_ALL:
            TRY(check_all(world, figure, i));
            break;
        case SLA_STEP_SOME:
            TRY(check_some(world, figure, i));
            break;
        }
    }
    TRY(check_spendings(world, figure));
    return check_verdict(world, figure);
}
