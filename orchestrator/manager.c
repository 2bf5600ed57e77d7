#include "orchestrator/manager.h"

#include "planner/planner.h"

enum { COMPUTE = 1U << PLANE_COMPUTE, DATA = 1U << PLANE_DATA, NETWORK = 1U << PLANE_NETWORK };

/* Keeps the attacker out; once somebody got in, stops what runs and keeps its state. */
static struct manager_output intrusion_step(const struct manager_input *input)
{
    struct manager_output wish = { 0 };

    if (input->severity < SEVERITY_MEDIUM || !input->has_source) {
        return wish;
    }
    wish.goals = GOAL_STOP_ATTACK;
    wish.why = "the source goes on attacking";
    if (input->severity >= SEVERITY_CRITICAL && input->corroborated) {
        wish.goals = GOAL_CUT_SOURCE | GOAL_KEEP_EVIDENCE | GOAL_QUIET_UNIT;
        wish.why = "the source got in: cut it, stop the unit and keep its state";
    }
    return wish;
}

/* Once somebody got in, nothing of the unit's data may change. */
static struct manager_output data_protection_step(const struct manager_input *input)
{
    struct manager_output wish = { 0 };

    if (input->severity >= SEVERITY_CRITICAL && input->corroborated) {
        wish.goals = GOAL_PROTECT_DATA;
        wish.why = "an intruder could write the unit's data";
    }
    return wish;
}

static const struct manager managers[] = {
    { "intrusion", { COMPUTE | NETWORK, LAYER_L2 }, intrusion_step },
    { "data-protection", { DATA, LAYER_L2 }, data_protection_step },
};

const struct manager *manager_table(size_t *out_count)
{
    *out_count = COUNT_OF(managers);
    return managers;
}

/* The planes on which a goal acts. */
static uint32_t planes_of(uint32_t goal)
{
    switch ((enum goal)goal) {
    case GOAL_STOP_ATTACK:
    case GOAL_CUT_SOURCE:
        return NETWORK;
    case GOAL_KEEP_EVIDENCE:
    case GOAL_QUIET_UNIT:
        return COMPUTE;
    case GOAL_PROTECT_DATA:
        return DATA;
    }
    return 0;
}

static uint32_t inside(uint32_t goals, uint32_t planes)
{
    uint32_t kept = 0;

    for (uint32_t rest = goals; rest != 0; rest &= rest - 1) {
        uint32_t goal = rest & (~rest + 1);
        kept |= (planes_of(goal) & planes) != 0 ? goal : 0U;
    }
    return kept;
}

void arbiter_join(const struct manager_input *input, struct arbitration *out)
{
    *out = (struct arbitration){ 0 };
    for (size_t i = 0; i < COUNT_OF(managers); i++) {
        struct manager_output wish = managers[i].step(input);
        wish.goals = inside(wish.goals, managers[i].scope.planes & input->planes);
        if (wish.goals == 0) {
            continue;
        }
        out->goals |= wish.goals;
        out->wishes[out->wish_count++] = (struct manager_wish){ &managers[i], wish };
    }
}
