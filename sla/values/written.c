#include "sla/values/written.h"

#include "base/parse.h"

#include <inttypes.h>

/* --- counts ---------------------------------------------------------------------------------- */

struct status sla_parse_count(struct slice text, int64_t *out)
{
    uint32_t value = 0;

    if (text.len > 1 && text.ptr[0] == '0') {
        return status_error(STATUS_INVALID, "`%.*s` begins with a zero", SLICE_ARG(text));
    }
    TRY(parse_u32(text, 0, SLA_COUNT_MAX, &value));
    *out = value;
    return STATUS_SUCCESS;
}

/* --- rates ----------------------------------------------------------------------------------- */

static struct status not_a_rate(struct slice text)
{
    return status_error(STATUS_INVALID, "`%.*s` is not a rate (like `100/s`, `5000/10m`)",
                        SLICE_ARG(text));
}

/* "s" is "1s". */
static struct status parse_per(struct slice text, int64_t *out_ms)
{
    char one[PARSE_TEXT_MAX] = "1";

    if (parse_number_len(text) > 0) {
        return parse_duration_ms(text, out_ms);
    }
    if (text.len == 0 || text.len > 3 || text.ptr[0] == ' ') {
        return status_error(STATUS_INVALID, "no unit");
    }
    slice_to_cstr(text, one + 1, sizeof(one) - 1);
    return parse_duration_ms(slice_from(one), out_ms);
}

struct status sla_parse_rate(struct slice text, struct sla_rate *out)
{
    struct slice per = text;
    struct slice count = slice_cut(&per, '/');
    struct sla_rate rate = { 0 };

    struct status status = sla_parse_count(count, &rate.count);
    if (status_ok(&status)) {
        status = parse_per(per, &rate.per_ms);
    }
    if (!status_ok(&status) || rate.per_ms == 0) {
        return not_a_rate(text);
    }
    *out = rate;
    return STATUS_SUCCESS;
}

void sla_format_rate(const struct sla_rate *rate, struct buf *out)
{
    static const struct parse_unit units[] = {
        { "d", 86400000 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 }, { "ms", 1 },
    };
    size_t unit = 0;

    while (rate->per_ms % (int64_t)units[unit].factor != 0) {
        unit++;
    }
    int64_t per = rate->per_ms / (int64_t)units[unit].factor;
    buf_printf(out, "%" PRId64 "/", rate->count);
    if (per != 1) {
        buf_printf(out, "%" PRId64, per);
    }
    buf_add_cstr(out, units[unit].name);
}

/* --- money ----------------------------------------------------------------------------------- */

/* ISO 4217, currencies in circulation; and BGN, in which contracts from before 2026 reckon. */
static const char currencies[SLA_CURRENCIES][4] = {
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN",
    "BHD", "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF",
    "CHF", "CLP", "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP",
    "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ", "GYD",
    "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD", "JOD", "JPY",
    "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD",
    "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK",
    "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK",
    "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG",
    "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS",
    "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VED",
    "VES", "VND", "VUV", "WST", "XAF", "XCD", "XCG", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG",
};

const char *sla_currency_code(unsigned currency)
{
    return currencies[currency];
}

bool sla_currency_find(struct slice code, unsigned *out)
{
    for (unsigned i = 0; i < SLA_CURRENCIES; i++) {
        if (slice_is(code, currencies[i])) {
            *out = i;
            return true;
        }
    }
    return false;
}

struct status sla_parse_money(struct slice text, struct sla_money *out)
{
    struct slice code = slice_trim(slice_sub(text, parse_number_len(text), text.len));
    uint64_t micros = 0;
    unsigned currency = 0;

    if (!sla_currency_find(code, &currency)) {
        return status_error(STATUS_INVALID, "`%.*s` is not an amount of money (like `1200.50 EUR`)",
                            SLICE_ARG(text));
    }
    const struct parse_unit unit = { currencies[currency], SLA_MONEY_MICROS };
    if (!parse_scaled(text, &unit, 1, INT64_MAX, &micros)) {
        return status_error(STATUS_INVALID, "`%.*s` is not an amount with at most six decimals",
                            SLICE_ARG(text));
    }
    *out = (struct sla_money){ (int64_t)micros, currency };
    return STATUS_SUCCESS;
}

/* Whole, or with two decimals at least, as money is written. */
void sla_format_money(const struct sla_money *money, struct buf *out)
{
    int64_t rest = money->micros % SLA_MONEY_MICROS;

    buf_printf(out, "%" PRId64, money->micros / SLA_MONEY_MICROS);
    if (rest != 0) {
        int decimals = 6;
        for (; decimals > 2 && rest % 10 == 0; decimals--) {
            rest /= 10;
        }
        buf_printf(out, ".%0*" PRId64, decimals, rest);
    }
    buf_printf(out, " %s", currencies[money->currency]);
}

/* --- thresholds ------------------------------------------------------------------------------ */

struct status sla_parse_threshold(struct slice text, struct sla_threshold *out)
{
    size_t of = slice_find_text(text, SLICE(" of "));
    int64_t k = 0;
    int64_t n = 0;

    struct status status = sla_parse_count(slice_sub(text, 0, of), &k);
    if (status_ok(&status)) {
        status = sla_parse_count(slice_sub(text, of + 4, text.len), &n);
    }
    if (!status_ok(&status)) {
        return status_error(STATUS_INVALID, "`%.*s` is not a threshold (like `2 of 4`)",
                            SLICE_ARG(text));
    }
    if (k < 1 || k > n || n > SLA_HOLDERS_MAX) {
        return status_error(STATUS_INVALID, "a threshold is 1 to n of n, with n at most %d",
                            SLA_HOLDERS_MAX);
    }
    *out = (struct sla_threshold){ (uint8_t)k, (uint8_t)n };
    return STATUS_SUCCESS;
}

void sla_format_threshold(struct sla_threshold threshold, struct buf *out)
{
    buf_printf(out, "%u of %u", (unsigned)threshold.k, (unsigned)threshold.n);
}
