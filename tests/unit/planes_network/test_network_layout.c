#include "planes/network/layout.h"
#include "tests/suite.h"

static struct buf text;

static void set_up(void)
{
    struct address networks[3];

    ASSERT_OK(address_parse(SLICE("203.0.113.0/24"), &networks[0]));
    ASSERT_OK(address_parse(SLICE("2001:db8:f::/48"), &networks[1]));
    ASSERT_OK(address_parse(SLICE("fe80::9%mgmt"), &networks[2]));
    layout_write(networks, COUNT_OF(networks), &text);
}

static void tear_down(void)
{
    buf_done(&text);
    text = (struct buf){ 0 };
}

static size_t place(const char *line)
{
    size_t at = slice_find_text(buf_slice(&text), slice_from(line));

    if (at == text.len) {
        suite_check(false, line, __FILE__, __LINE__);
    }
    return at;
}

static void test_chains_stand_before_any_accept_of_established(void)
{
    static const char *const hooks[] = { "input", "output", "forward" };
    char line[128];

    for (size_t i = 0; i < COUNT_OF(hooks); i++) {
        (void)snprintf(
            line, sizeof(line),
            "add chain inet redan %s { type filter hook %s priority -150; policy accept; "
            "}\n",
            hooks[i], hooks[i]);
        (void)place(line);
    }
}

static void test_protected_networks_pass_before_any_cut(void)
{
    CU_ASSERT(place("add element inet redan protected4 { 203.0.113.0/24 }\n") <
              place("flush table inet redan\n"));
    (void)place("add element inet redan protected6 { 2001:db8:f::/48 }\n");
    (void)place("add element inet redan protected6 { fe80::9 }\n"); /* a set of addresses only */
    CU_ASSERT(place("input ip saddr @protected4 accept") < place("input meta nfproto ipv4 jump"));
    CU_ASSERT(place("output ip6 daddr @protected6 accept") <
              place("output meta nfproto ipv6 jump"));
    CU_ASSERT(place("forward ip daddr @protected4 accept") < place("forward jump isolate"));
    CU_ASSERT(place("input iif lo accept") < place("input jump isolate"));
}

static void test_every_bank_is_looked_into_both_ways(void)
{
    for (unsigned bank = 0; bank < SETS_BANKS; bank++) {
        char line[64];
        (void)snprintf(line, sizeof(line), "from4 ip saddr @deny4_%u drop\n", bank);
        (void)place(line);
        (void)snprintf(line, sizeof(line), "to6 ip6 daddr @net6_%u drop\n", bank);
        (void)place(line);
        (void)snprintf(line, sizeof(line), "link_to oifname . ip6 daddr @link6_%u drop\n", bank);
        (void)place(line);
        (void)snprintf(line, sizeof(line), "isolate meta nfproto @isolate_%u drop\n", bank);
        (void)place(line);
    }
}

static void test_neighbour_discovery_of_a_cut_neighbour_passes(void)
{
    CU_ASSERT(place("link_from icmpv6 type 133-136 ip6 hoplimit 255 return") <
              place("link_from iifname . ip6 saddr @link6_0 drop"));
    CU_ASSERT(place("link_to icmpv6 type 133-136 ip6 hoplimit 255 return") <
              place("link_to oifname . ip6 daddr @link6_0 drop"));
    (void)place("from6 ip6 saddr fe80::/10 jump link_from");
    (void)place("to6 ip6 daddr fe80::/10 jump link_to");
}

static void test_no_other_table_is_named(void)
{
    struct slice rest = buf_slice(&text);

    while (rest.len > 0) {
        struct slice line = slice_cut(&rest, '\n');
        CU_ASSERT(line.len == 0 || slice_find_text(line, SLICE(" inet redan")) < line.len);
    }
}

static CU_TestInfo tests[] = {
    { "chains stand before any accept of established",
      test_chains_stand_before_any_accept_of_established },
    { "protected networks pass before any cut", test_protected_networks_pass_before_any_cut },
    { "every bank is looked into both ways", test_every_bank_is_looked_into_both_ways },
    { "neighbour discovery of a cut neighbour passes",
      test_neighbour_discovery_of_a_cut_neighbour_passes },
    { "no other table is named", test_no_other_table_is_named },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = { { "network layout", NULL, NULL, set_up, tear_down, tests },
                          CU_SUITE_INFO_NULL };
