#include "sla/code.h"

#include <stddef.h>

bool sla_code_is_of_names(unsigned code)
{
    static const unsigned codes[] = {
        SLA_CODE_PARTY,    SLA_CODE_NOTHING_SELECTED, SLA_CODE_RULE,     SLA_CODE_NODE,
        SLA_CODE_NOT_HELD, SLA_CODE_RESEMBLING,       SLA_CODE_STRANGER, SLA_CODE_OPEN_HOST,
    };
    size_t at = 0;

    while (at < sizeof(codes) / sizeof(codes[0]) && codes[at] != code) {
        at++;
    }
    return at < sizeof(codes) / sizeof(codes[0]);
}
