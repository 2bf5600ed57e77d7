#include "model/command.h"

static const char *const verbs[] = { "do", "check", "undo" };
static const char *const outcomes[] = { "done", "failed", "refused", "expired" };

const char *command_verb_name(enum command_verb verb)
{
    return (size_t)verb < COUNT_OF(verbs) ? verbs[verb] : "unknown";
}

const char *command_outcome_name(enum command_outcome outcome)
{
    return (size_t)outcome < COUNT_OF(outcomes) ? outcomes[outcome] : "unknown";
}
