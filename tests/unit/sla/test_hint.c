/* What people write, and what they are told to write. */
#include "sla/words/hint.h"

#include <stdint.h>

#include "model/address.h"
#include "tests/suite.h"

static const struct {
    enum sla_measure measure;
    const char *text, *write;
    bool same;
    const char *help;
} rows[] = {
    { SLA_MEASURE_DURATION, "30 sec", "30 s", true, "write `30 s`" },
    { SLA_MEASURE_DURATION, "1.5hours", "1.5 h", true, "write `1.5 h`" },
    { SLA_MEASURE_DURATION, "1.5 months", "45 d", false,
      "write `45 d`: a month has no fixed length" },
    { SLA_MEASURE_DURATION, "1 mo", "30 d", false, "write `30 d`: a month has no fixed length" },
    { SLA_MEASURE_DURATION, "2y", "730 d", false, "write `730 d`: a year has no fixed length" },
    { SLA_MEASURE_DURATION, "200 years", "", false,
      "write a number and a unit: ms, s, m, h, d or w" },
    { SLA_MEASURE_DURATION, "30", "", false,
      "write `30 s`, `30 min`, `30 h` or `30 d`: a number alone says no unit" },
    { SLA_MEASURE_DURATION, "012", "", false,
      "write `12 s`, `12 min`, `12 h` or `12 d`: a number alone says no unit" },
    { SLA_MEASURE_DURATION, "1e3 s", "1000 s", true,
      "write `1000 s`: quantities have no exponents" },
    { SLA_MEASURE_DURATION, "1,5 h", "1.5 h", false, "write `1.5 h`: decimals follow a point" },
    { SLA_MEASURE_DURATION, "1_000 s", "1000 s", true,
      "write `1000 s`: digits stand side by side" },
    { SLA_MEASURE_DURATION, "22:22", "", false,
      "write `1342 min` if these are hours and minutes, `1342 s` if minutes and seconds" },
    { SLA_MEASURE_DURATION, "half a minute", "", false,
      "write a number and a unit: ms, s, m, h, d or w" },
    { SLA_MEASURE_DURATION, "5  s", "5 s", true, "write `5 s`" },
    { SLA_MEASURE_SHARE, "99.99", "99.99 %", false,
      "write `99.99 %`: a number alone says no unit" },
    { SLA_MEASURE_SHARE, "0.999", "", false,
      "write `99.9 %`, or `0.999 %` if it is that little: a number alone says no unit" },
    { SLA_MEASURE_SHARE, "0.5", "", false,
      "write `50 %`, or `0.5 %` if it is that little: a number alone says no unit" },
    { SLA_MEASURE_SHARE, "0.05", "", false,
      "write `5 %`, or `0.05 %` if it is that little: a number alone says no unit" },
    { SLA_MEASURE_SHARE, "99.99 percent", "99.99 %", true, "write `99.99 %`" },
    { SLA_MEASURE_SHARE, "99.9 pct", "99.9 %", true, "write `99.9 %`" },
    { SLA_MEASURE_SHARE, "%99.9", "99.9 %", true, "write `99.9 %`" },
    { SLA_MEASURE_SHARE, "99.9\uff05", "99.9%", true,
      "write `99.9%`: a full-width character (U+FF05) stands in it" },
    { SLA_MEASURE_SHARE, "at least 99.9 %", "99.9 %", false,
      "write `99.9 %`: `op` alone says from which side it is bounded" },
    { SLA_MEASURE_DURATION, "80\u00a0ms", "80 ms", true,
      "write `80 ms`: a no-break space (U+00A0) stands in it" },
    { SLA_MEASURE_DURATION, "\u201880 ms\u2019", "80 ms", true,
      "write `80 ms`: a curly quotation mark (U+2018) stands in it" },
    { SLA_MEASURE_DURATION, "<= 80 ms", "80 ms", false,
      "write `80 ms`: `op` alone says from which side it is bounded" },
    { SLA_MEASURE_SHARE, "101", "", false,
      "write a percentage with at most seven decimals: `99.99 %`" },
    { SLA_MEASURE_SHARE, "99.99999999 %", "", false,
      "write a percentage with at most seven decimals: `99.99 %`" },
    { SLA_MEASURE_BYTES, "16Gi", "16 GiB", true, "write `16 GiB`" },
    { SLA_MEASURE_BYTES, "16G", "16 GiB", false,
      "write `16 GiB`: `G` is of 1000 to some and of 1024 to others" },
    { SLA_MEASURE_BYTES, "16 Gb", "16 GB", false, "write `16 GB`: a small `b` is a bit" },
    { SLA_MEASURE_BYTES, "512", "", false,
      "write `512 MiB`, `512 GiB` or `512 GB`: a number alone says no unit" },
    { SLA_MEASURE_BYTES, "GiB", "", false, "write a number and a unit: `16 GiB`, `200 GB`" },
    { SLA_MEASURE_BIT_RATE, "10GB/s", "80 Gbit/s", true,
      "write `80 Gbit/s`: a bit rate counts bits, not bytes" },
    { SLA_MEASURE_BIT_RATE, "100Mbps", "100 Mbit/s", true, "write `100 Mbit/s`" },
    { SLA_MEASURE_BIT_RATE, "10", "", false,
      "write `10 Mbit/s` or `10 Gbit/s`: a number alone says no unit" },
    { SLA_MEASURE_COUNT, "012", "12", false,
      "write `12`: some readers take a number that begins with 0 for octal" },
    { SLA_MEASURE_COUNT, "1e3", "1000", true, "write `1000`: quantities have no exponents" },
    { SLA_MEASURE_COUNT, "1e30", "", false, "write a whole number in digits: `3`" },
    { SLA_MEASURE_COUNT, "1.5e3", "", false, "write a whole number in digits: `3`" },
    { SLA_MEASURE_COUNT, "1_000", "1000", true, "write `1000`: digits stand side by side" },
    { SLA_MEASURE_COUNT, "three", "", false, "write a whole number in digits: `3`" },
    { SLA_MEASURE_RATE, "100/sec", "100/s", true, "write `100/s`" },
    { SLA_MEASURE_RATE, "100 per minute", "100/min", true, "write `100/min`" },
    { SLA_MEASURE_RATE, "100 rps", "", false, "write a count and a time: `100/s`, `5000/10m`" },
    { SLA_MEASURE_MONEY, "1200.50 €", "1200.50 EUR", true, "write `1200.50 EUR`" },
    { SLA_MEASURE_MONEY, "EUR 1200.50", "1200.50 EUR", true, "write `1200.50 EUR`" },
    { SLA_MEASURE_MONEY, "€1200.50", "1200.50 EUR", true, "write `1200.50 EUR`" },
    { SLA_MEASURE_MONEY, "€ 1.200", "1.200 EUR", false,
      "write `1.200 EUR`: here a point divides decimals, not thousands" },
    { SLA_MEASURE_MONEY, "1.200 €", "1.200 EUR", false,
      "write `1.200 EUR`: here a point divides decimals, not thousands" },
    { SLA_MEASURE_MONEY, "1200.5 €", "1200.5 EUR", true, "write `1200.5 EUR`" },
    { SLA_MEASURE_MONEY, "1200", "1200 EUR", false,
      "write `1200 EUR`: a number alone says no unit" },
    { SLA_MEASURE_MONEY, "1200 $", "1200 USD", false,
      "write `1200 USD`: other dollars have the same sign" },
    { SLA_MEASURE_MONEY, "much", "", false,
      "write an amount and the code of its currency: `1200.50 EUR`" },
    { SLA_MEASURE_DATE, "2026/01/31", "2026-01-31", true, "write `2026-01-31`" },
    { SLA_MEASURE_DATE, "31.1.2026", "2026-01-31", true, "write `2026-01-31`" },
    { SLA_MEASURE_DATE, "31/01/2026", "2026-01-31", false, "write `2026-01-31`" },
    { SLA_MEASURE_DATE, "2026-1-1", "2026-01-01", true, "write `2026-01-01`" },
    { SLA_MEASURE_DATE, "2026-01-31T00:00:00Z", "2026-01-31", true, "write `2026-01-31`" },
    { SLA_MEASURE_DATE, "2026-02-30", "", false, "write year, month and day: `2026-01-31`" },
    { SLA_MEASURE_THRESHOLD, "2/4", "2 of 4", true, "write `2 of 4`" },
    { SLA_MEASURE_THRESHOLD, "2 out of 4", "2 of 4", true, "write `2 of 4`" },
    { SLA_MEASURE_THRESHOLD, "4 of 2", "2 of 4", false,
      "write `2 of 4`: the first is at most the second" },
    { SLA_MEASURE_THRESHOLD, "most", "", false, "write how many of how many: `2 of 4`" },
    { SLA_MEASURE_WEEKLY, "sat 22:00-23:00", "sat 22:00-23:00 UTC", false,
      "write `sat 22:00-23:00 UTC`: without a zone nobody knows when that is" },
    { SLA_MEASURE_WEEKLY, "sat-sun 22:00-02:00 UTC", "", false,
      "a window does not cross midnight: write `sat-sun 22:00-24:00 UTC` and `sun-mon "
      "00:00-02:00 UTC`" },
    { SLA_MEASURE_WEEKLY, "sat 22:00-00:00 UTC", "", false,
      "a window does not cross midnight: write `sat 22:00-24:00 UTC`" },
    { SLA_MEASURE_WEEKLY, "sat 22:00-24:30 UTC", "", false,
      "a window does not cross midnight: write `sat 22:00-24:00 UTC` and `sun 00:00-00:30 UTC`" },
    { SLA_MEASURE_WEEKLY, "Monday-Friday 8:00-18:00 Europe/Lisbon",
      "mon-fri 08:00-18:00 Europe/Lisbon", true, "write `mon-fri 08:00-18:00 Europe/Lisbon`" },
    { SLA_MEASURE_WEEKLY, "weekend 9am-12pm UTC", "sat-sun 09:00-12:00 UTC", true,
      "write `sat-sun 09:00-12:00 UTC`" },
    { SLA_MEASURE_WEEKLY, "Tue 0-24 UTC", "tue 00:00-24:00 UTC", true,
      "write `tue 00:00-24:00 UTC`" },
    { SLA_MEASURE_WEEKLY, "daily 1:00-2:00", "mon-sun 01:00-02:00 UTC", false,
      "write `mon-sun 01:00-02:00 UTC`: without a zone nobody knows when that is" },
    { SLA_MEASURE_MOMENT, "Monday 10am Europe/Lisbon", "mon 10:00 Europe/Lisbon", true,
      "write `mon 10:00 Europe/Lisbon`" },
    { SLA_MEASURE_MOMENT, "mon 8:00", "mon 08:00 UTC", false,
      "write `mon 08:00 UTC`: without a zone nobody knows when that is" },
    { SLA_MEASURE_MOMENT, "10:00 UTC", "", false,
      "write a day, a time and a zone: `mon 10:00 Europe/Lisbon`" },
    { SLA_MEASURE_WEEKLY, "weekends", "", false,
      "write days, times and a zone: `mon-fri 08:00-18:00 Europe/Lisbon`" },
};

static void each_mistake_has_its_hint(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct sla_hint hint;
        CU_ASSERT_FALSE(sla_measure_reads(rows[i].measure, slice_from(rows[i].text)));
        sla_hint(rows[i].measure, slice_from(rows[i].text), &hint);
        ASSERT_TEXT(slice_from(hint.write), rows[i].write);
        ASSERT_TEXT(slice_from(hint.help), rows[i].help);
        suite_check(hint.same == rows[i].same, rows[i].text, __FILE__, __LINE__);
    }
}

struct network_row {
    const char *text, *write;
    bool same;
    const char *help;
};

static void check_network_row(const struct network_row *row, const struct sla_hint *hint)
{
    ASSERT_TEXT(slice_from(hint->write), row->write);
    ASSERT_TEXT(slice_from(hint->help), row->help);
    suite_check(hint->same == row->same, row->text, __FILE__, __LINE__);
}

static void ports_of_other_tools_have_their_hint(void)
{
    static const struct network_row ports[] = {
        { "443", "", false, "write `443/tcp` or `443/udp`" },
        { "5000:5010", "", false, "write `5000-5010/tcp` or `5000-5010/udp`" },
        { "443/sctp", "", false, "write `443/tcp` or `443/udp`" },
        { "tcp/443", "443/tcp", true, "write `443/tcp`" },
        { "443/TCP", "443/tcp", true, "write `443/tcp`" },
        { "5000:5010/udp", "5000-5010/udp", true, "write `5000-5010/udp`" },
        { "5010-5000/udp", "5000-5010/udp", false, "write `5000-5010/udp`" },
        { "https", "443/tcp", false, "write `443/tcp`" },
        { "70000/tcp", "", false, "ports go from 1 to 65535" },
        { "0/udp", "", false, "ports go from 1 to 65535" },
        { "web", "", false, "write `443/tcp` or `5000-5010/udp`" },
        { "/", "", false, "write `443/tcp` or `5000-5010/udp`" },
        { "", "", false, "write `443/tcp` or `5000-5010/udp`" },
    };

    for (size_t i = 0; i < COUNT_OF(ports); i++) {
        struct sla_hint hint;
        sla_hint_ports(slice_from(ports[i].text), &hint);
        check_network_row(&ports[i], &hint);
    }
}

static void addresses_of_other_tools_have_their_hint(void)
{
    static const struct network_row addresses[] = {
        { "10.1.0.5/24", "", false,
          "write `10.1.0.0/24` for the network, `10.1.0.5` for the host" },
        { "2001:db8::7/64", "", false,
          "write `2001:db8::/64` for the network, `2001:db8::7` for the host" },
        { "10.1.0.0/255.255.255.0", "10.1.0.0/24", true, "write `10.1.0.0/24`" },
        { "10.1.0.7/255.255.255.0", "", false,
          "write `10.1.0.0/24` for the network, `10.1.0.7` for the host" },
        { "10.1.0.0/255.0.255.0", "", false, "write `10.0.0.1`, `10.0.0.0/8` or `2001:db8::/32`" },
        { "10.1.0.1-10.1.0.20", "", false,
          "write a range as networks: `10.0.0.16/28` and the like" },
        { "desk.example.org", "", false,
          "names are not looked up: write an address like `10.0.0.1`" },
        { "10.1.0.300", "", false, "write `10.0.0.1`, `10.0.0.0/8` or `2001:db8::/32`" },
        { "10.1.0.5/33", "", false, "write `10.0.0.1`, `10.0.0.0/8` or `2001:db8::/32`" },
        { "", "", false, "write `10.0.0.1`, `10.0.0.0/8` or `2001:db8::/32`" },
    };

    for (size_t i = 0; i < COUNT_OF(addresses); i++) {
        struct sla_hint hint;
        struct address ignored;
        sla_hint_address(slice_from(addresses[i].text), &hint);
        check_network_row(&addresses[i], &hint);
        ASSERT_CODE(address_parse(slice_from(addresses[i].text), &ignored), STATUS_INVALID);
        if (hint.write[0] != '\0') {
            ASSERT_OK(address_parse(slice_from(hint.write), &ignored));
        }
    }
}

static void what_is_proposed_reads(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CU_ASSERT_TRUE(rows[i].write[0] == '\0' ||
                       sla_measure_reads(rows[i].measure, slice_from(rows[i].write)));
    }
}

/* Every measure with texts made of bytes that numbers and units have: no hint but one that reads.
 */
static void no_text_gets_a_hint_that_does_not_read(void)
{
    static const char bytes[] = "0123456789.,_eE:/-+ smhdwyoGBibtsunUTC%€";
    uint64_t state = 20261130;

    (void)printf("\n    hints: seed %llu", (unsigned long long)state);
    for (size_t i = 0; i < 50000; i++) {
        char text[32];
        size_t len = 0;
        struct sla_hint hint;
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        size_t wanted = (state >> 33U) % sizeof(text);
        for (; len < wanted; len++) {
            state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            text[len] = bytes[(state >> 33U) % (sizeof(bytes) - 1)];
        }
        enum sla_measure measure = (enum sla_measure)(i % SLA_MEASURES);
        sla_hint(measure, (struct slice){ text, len }, &hint);
        CU_ASSERT_TRUE(hint.help[0] != '\0');
        CU_ASSERT_TRUE(hint.write[0] == '\0' || sla_measure_reads(measure, slice_from(hint.write)));
    }
}

static CU_TestInfo tests[] = {
    { "each mistake has its hint", each_mistake_has_its_hint },
    { "ports of other tools have their hint", ports_of_other_tools_have_their_hint },
    { "addresses of other tools have their hint", addresses_of_other_tools_have_their_hint },
    { "what is proposed reads", what_is_proposed_reads },
    { "no text gets a hint that does not read", no_text_gets_a_hint_that_does_not_read },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla hints", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
