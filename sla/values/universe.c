#include "sla/values/universe.h"

#include "sla/values/country.h"

#include <stdlib.h>

/* ISO 3166-1 alpha-2, the 249 codes that are officially assigned. */
static const char *const country_codes[] = {
    "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX", "AZ",
    "BA", "BB", "BD", "BE", "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ", "BR", "BS",
    "BT", "BV", "BW", "BY", "BZ", "CA", "CC", "CD", "CF", "CG", "CH", "CI", "CK", "CL", "CM", "CN",
    "CO", "CR", "CU", "CV", "CW", "CX", "CY", "CZ", "DE", "DJ", "DK", "DM", "DO", "DZ", "EC", "EE",
    "EG", "EH", "ER", "ES", "ET", "FI", "FJ", "FK", "FM", "FO", "FR", "GA", "GB", "GD", "GE", "GF",
    "GG", "GH", "GI", "GL", "GM", "GN", "GP", "GQ", "GR", "GS", "GT", "GU", "GW", "GY", "HK", "HM",
    "HN", "HR", "HT", "HU", "ID", "IE", "IL", "IM", "IN", "IO", "IQ", "IR", "IS", "IT", "JE", "JM",
    "JO", "JP", "KE", "KG", "KH", "KI", "KM", "KN", "KP", "KR", "KW", "KY", "KZ", "LA", "LB", "LC",
    "LI", "LK", "LR", "LS", "LT", "LU", "LV", "LY", "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK",
    "ML", "MM", "MN", "MO", "MP", "MQ", "MR", "MS", "MT", "MU", "MV", "MW", "MX", "MY", "MZ", "NA",
    "NC", "NE", "NF", "NG", "NI", "NL", "NO", "NP", "NR", "NU", "NZ", "OM", "PA", "PE", "PF", "PG",
    "PH", "PK", "PL", "PM", "PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO", "RS", "RU", "RW",
    "SA", "SB", "SC", "SD", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS",
    "ST", "SV", "SX", "SY", "SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK", "TL", "TM", "TN", "TO",
    "TR", "TT", "TV", "TW", "TZ", "UA", "UG", "UM", "US", "UY", "UZ", "VA", "VC", "VE", "VG", "VI",
    "VN", "VU", "WF", "WS", "YE", "YT", "ZA", "ZM", "ZW",
};

const struct sla_universe sla_countries = {
    .what = "a country code",
    .expected = "expected an ISO 3166-1 alpha-2 code",
    .plural = "countries",
    .diag_code = 207,
    .count = COUNT_OF(country_codes),
    .names = country_codes,
    .sets = "^([a-z0-9]([-._a-z0-9]*[a-z0-9])?|E(U|EA|FTA))(@[0-9]{4}-[0-9]{2}-[0-9]{2})?$",
};

enum { NEAR_DISTANCE = 2, NAME_MAX_BYTES = 64 };

static int name_order(const void *name, const void *element)
{
    return slice_cmp(*(const struct slice *)name, slice_from(*(const char *const *)element));
}

bool sla_universe_find(const struct sla_universe *universe, struct slice name, uint32_t *out)
{
    const char *const *found =
        bsearch(&name, universe->names, universe->count, sizeof(*found), name_order);

    if (found == NULL) {
        return false;
    }
    *out = (uint32_t)(found - universe->names);
    return true;
}

static struct slice in_capitals(struct slice name, char out[NAME_MAX_BYTES])
{
    static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    for (size_t i = 0; i < name.len; i++) {
        char byte = name.ptr[i];
        if (byte >= 'a' && byte <= 'z') {
            byte = capitals[byte - 'a'];
        }
        out[i] = byte;
    }
    return (struct slice){ out, name.len };
}

const char *sla_universe_nearest(const struct sla_universe *universe, struct slice name,
                                 const char **out_other)
{
    char capitals[NAME_MAX_BYTES];
    const char *nearest = universe == &sla_countries ? sla_country_code(name) : NULL;
    size_t best = NEAR_DISTANCE + 1;

    *out_other = NULL;
    if (nearest != NULL) {
        return nearest; /* `AUT` is near `AU`, and is Austria */
    }
    if (name.len == 0 || name.len > sizeof(capitals)) {
        return NULL;
    }
    struct slice wanted = in_capitals(name, capitals);
    for (uint32_t i = 0; i < universe->count; i++) {
        size_t distance = slice_distance(wanted, slice_from(universe->names[i]), NEAR_DISTANCE);
        if (distance < best) {
            best = distance;
            nearest = universe->names[i];
            *out_other = NULL;
        } else if (distance == best && nearest != NULL && *out_other == NULL) {
            *out_other = universe->names[i];
        }
    }
    if (best * 2 >= wanted.len) { /* half of it is another: no likeness */
        *out_other = NULL;
        return NULL;
    }
    return nearest;
}
