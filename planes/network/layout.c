#include "planes/network/layout.h"

#include <endian.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <nftables/libnftables.h>
#include <string.h>

#include "planes/network/elements.h"

/* Before any filter chain at 0 that accepts established connections. */
enum { CHAIN_PRIORITY = -150, TOLD_BYTES_MAX = 1024 * 1024, TELL_TRIES = 5 };

static const char *const inner_chains[] = { "link_from", "link_to", "from4",  "from6",
                                            "to4",       "to6",     "isolate" };
static const char *const base_chains[] = { "input", "output", "forward" }; /* named by their hook */

/* --- the text ------------------------------------------------------------------------------- */

static void write_protected(struct buf *out, const struct address *networks, size_t count,
                            enum address_family family)
{
    char text[ADDRESS_TEXT_MAX];
    int version = family == ADDRESS_IPV4 ? 4 : 6;

    buf_printf(out,
               "add set inet " SETS_TABLE " protected%d"
               " { type ipv%d_addr; flags interval; auto-merge; }\n",
               version, version);
    buf_printf(out, "flush set inet " SETS_TABLE " protected%d\n", version);
    for (size_t i = 0; i < count; i++) {
        if (networks[i].family == family) {
            struct address everywhere = networks[i]; /* protected in each zone */
            memset(everywhere.zone, 0, sizeof(everywhere.zone));
            address_format(&everywhere, text);
            buf_printf(out, "add element inet " SETS_TABLE " protected%d { %s }\n", version, text);
        }
    }
}

static void write_sets(struct buf *out)
{
    char name[SETS_NAME_MAX];

    for (unsigned kind = 0; kind < SET_KINDS; kind++) {
        const struct set_shape *shape = set_shape((enum set_kind)kind);
        for (unsigned bank = 0; bank < SETS_BANKS; bank++) {
            set_name((enum set_kind)kind, bank, name);
            buf_printf(out, "add set inet " SETS_TABLE " %s { %s; flags %stimeout; size %u; }\n",
                       name, shape->type, shape->interval ? "interval, " : "", shape->size);
        }
    }
}

static void write_rule(struct buf *out, const char *chain, const char *rule)
{
    buf_printf(out, "add rule inet " SETS_TABLE " %s %s\n", chain, rule);
}

/* "from4" drops what comes from the sets' IPv4 peers. */
static void write_cut(struct buf *out, const char *chain, const char *field, enum set_kind hosts,
                      enum set_kind networks)
{
    const enum set_kind both[] = { hosts, networks };
    char name[SETS_NAME_MAX];

    for (unsigned bank = 0; bank < SETS_BANKS; bank++) {
        for (size_t i = 0; i < COUNT_OF(both); i++) {
            set_name(both[i], bank, name);
            buf_printf(out, "add rule inet " SETS_TABLE " %s %s @%s drop\n", chain, field, name);
        }
    }
}

/* A link-local peer is one behind one interface. It may be the router: were its neighbour discovery
 * cut as well, everybody behind it would be cut with it. */
static void write_link_cut(struct buf *out, const char *chain, const char *key)
{
    char name[SETS_NAME_MAX];

    write_rule(out, chain, "icmpv6 type 133-136 ip6 hoplimit 255 return");
    for (unsigned bank = 0; bank < SETS_BANKS; bank++) {
        set_name(SET_LINK6, bank, name);
        buf_printf(out, "add rule inet " SETS_TABLE " %s %s @%s drop\n", chain, key, name);
    }
}

static void write_isolate(struct buf *out)
{
    char name[SETS_NAME_MAX];

    /* Without neighbour discovery (types 133 to 136) no protected IPv6 peer could be reached. */
    write_rule(out, "isolate", "icmpv6 type 133-136 ip6 hoplimit 255 accept");
    for (unsigned bank = 0; bank < SETS_BANKS; bank++) {
        set_name(SET_ISOLATE, bank, name);
        buf_printf(out, "add rule inet " SETS_TABLE " isolate meta nfproto @%s drop\n", name);
    }
}

static void write_hooks(struct buf *out)
{
    write_rule(out, "input", "iif lo accept");
    write_rule(out, "input", "ip saddr @protected4 accept");
    write_rule(out, "input", "ip6 saddr @protected6 accept");
    write_rule(out, "input", "meta nfproto ipv4 jump from4");
    write_rule(out, "input", "meta nfproto ipv6 jump from6");
    write_rule(out, "input", "jump isolate");

    write_rule(out, "output", "oif lo accept");
    write_rule(out, "output", "ip daddr @protected4 accept");
    write_rule(out, "output", "ip6 daddr @protected6 accept");
    write_rule(out, "output", "meta nfproto ipv4 jump to4");
    write_rule(out, "output", "meta nfproto ipv6 jump to6");
    write_rule(out, "output", "jump isolate");

    /* Both ends are peers here: a cut one does not reach a protected one through this node. */
    write_rule(out, "forward", "meta nfproto ipv4 jump from4");
    write_rule(out, "forward", "meta nfproto ipv4 jump to4");
    write_rule(out, "forward", "meta nfproto ipv6 jump from6");
    write_rule(out, "forward", "meta nfproto ipv6 jump to6");
    write_rule(out, "forward", "ip saddr @protected4 accept");
    write_rule(out, "forward", "ip daddr @protected4 accept");
    write_rule(out, "forward", "ip6 saddr @protected6 accept");
    write_rule(out, "forward", "ip6 daddr @protected6 accept");
    write_rule(out, "forward", "jump isolate");
}

void layout_write(const struct address *networks, size_t count, struct buf *out)
{
    buf_add_cstr(out, "add table inet " SETS_TABLE "\n");
    write_protected(out, networks, count, ADDRESS_IPV4);
    write_protected(out, networks, count, ADDRESS_IPV6);
    write_sets(out);
    for (size_t i = 0; i < COUNT_OF(inner_chains); i++) {
        buf_printf(out, "add chain inet " SETS_TABLE " %s\n", inner_chains[i]);
    }
    for (size_t i = 0; i < COUNT_OF(base_chains); i++) {
        buf_printf(out,
                   "add chain inet " SETS_TABLE " %s"
                   " { type filter hook %s priority %d; policy accept; }\n",
                   base_chains[i], base_chains[i], (int)CHAIN_PRIORITY);
    }
    buf_add_cstr(out, "flush table inet " SETS_TABLE "\n"); /* the rules, not the elements */
    write_cut(out, "from4", "ip saddr", SET_DENY4, SET_NET4);
    write_cut(out, "from6", "ip6 saddr", SET_DENY6, SET_NET6);
    write_cut(out, "to4", "ip daddr", SET_DENY4, SET_NET4);
    write_cut(out, "to6", "ip6 daddr", SET_DENY6, SET_NET6);
    write_link_cut(out, "link_from", "iifname . ip6 saddr");
    write_link_cut(out, "link_to", "oifname . ip6 daddr");
    write_rule(out, "from6", "ip6 saddr fe80::/10 jump link_from");
    write_rule(out, "to6", "ip6 daddr fe80::/10 jump link_to");
    write_isolate(out);
    write_hooks(out);
}

/* --- as the kernel tells it ------------------------------------------------------------------ */

/* What is kept of each kind of message: all but handles, counters and other things that change
 * without the table meaning anything else. */
struct told_kind {
    uint16_t ask;
    uint16_t table_attr; /* says which table */
    uint16_t name_attr;  /* says which of its things */
    uint16_t max_type;
    uint32_t keep; /* bit of each attribute type */
};

#define BIT(type) (1U << (type))

static const struct told_kind told_table = { NFT_MSG_GETTABLE, NFTA_TABLE_NAME, 0, NFTA_TABLE_MAX,
                                             BIT(NFTA_TABLE_NAME) | BIT(NFTA_TABLE_FLAGS) };
static const struct told_kind told_chain = { NFT_MSG_GETCHAIN, NFTA_CHAIN_TABLE, NFTA_CHAIN_NAME,
                                             NFTA_CHAIN_MAX,
                                             BIT(NFTA_CHAIN_NAME) | BIT(NFTA_CHAIN_HOOK) |
                                                 BIT(NFTA_CHAIN_POLICY) | BIT(NFTA_CHAIN_TYPE) |
                                                 BIT(NFTA_CHAIN_FLAGS) };
static const struct told_kind told_rule = { NFT_MSG_GETRULE, NFTA_RULE_TABLE, NFTA_RULE_CHAIN,
                                            NFTA_RULE_MAX,
                                            BIT(NFTA_RULE_CHAIN) | BIT(NFTA_RULE_EXPRESSIONS) };
static const struct told_kind told_elements = { NFT_MSG_GETSETELEM, NFTA_SET_ELEM_LIST_TABLE,
                                                NFTA_SET_ELEM_LIST_SET, NFTA_SET_ELEM_LIST_MAX,
                                                BIT(NFTA_SET_ELEM_LIST_SET) |
                                                    BIT(NFTA_SET_ELEM_LIST_ELEMENTS) };

struct tell_job {
    const struct told_kind *kind;
    struct buf *out;
};

static struct status keep_told(void *arg, size_t index, const struct nlmsghdr *data)
{
    const struct tell_job *job = arg;
    const struct nlattr *attrs[32];

    (void)index;
    _Static_assert(NFTA_TABLE_MAX < COUNT_OF(attrs) && NFTA_CHAIN_MAX < COUNT_OF(attrs) &&
                       NFTA_RULE_MAX < COUNT_OF(attrs) && NFTA_SET_ELEM_LIST_MAX < COUNT_OF(attrs),
                   "attrs holds every type");
    if (!netlink_attrs(data, sizeof(struct nfgenmsg), job->kind->max_type, attrs)) {
        return status_error(STATUS_CORRUPT, "nf_tables: a malformed answer");
    }
    for (uint16_t type = 0; type <= job->kind->max_type; type++) {
        if (attrs[type] != NULL && (job->kind->keep & BIT(type)) != 0) {
            buf_add(job->out, attrs[type], attrs[type]->nla_len);
        }
    }
    return STATUS_SUCCESS;
}

/* Asks one question; what is missing adds nothing, so the whole differs. */
static struct status tell(struct netlink *netlink, const struct told_kind *kind, uint16_t flags,
                          const char *name, struct buf *out)
{
    struct tell_job job = { kind, out };

    netlink_begin(netlink);
    struct nlmsghdr *message =
        netlink_add(netlink, (uint16_t)((NFNL_SUBSYS_NFTABLES << 8) | kind->ask), flags,
                    sizeof(struct nfgenmsg));
    ((struct nfgenmsg *)mnl_nlmsg_get_payload(message))->nfgen_family = NFPROTO_INET;
    mnl_attr_put_strz(message, kind->table_attr, SETS_TABLE);
    if (name != NULL) {
        mnl_attr_put_strz(message, kind->name_attr, name);
    }
    TRY(netlink_exchange(netlink, keep_told, &job));
    int error = netlink_errno(netlink, 0);
    if (error != 0 && error != ENOENT) {
        return status_error(error == EINTR ? STATUS_CONFLICT : STATUS_UNAVAILABLE,
                            "nf_tables: reading table " SETS_TABLE ": %s", strerrordesc_np(error));
    }
    return STATUS_SUCCESS;
}

static struct status tell_chain(struct netlink *netlink, const char *chain, struct buf *out)
{
    TRY(tell(netlink, &told_chain, 0, chain, out));
    return tell(netlink, &told_rule, NLM_F_DUMP, chain, out);
}

static struct status tell_all(struct netlink *netlink, struct buf *out)
{
    TRY(tell(netlink, &told_table, 0, NULL, out));
    for (size_t i = 0; i < COUNT_OF(inner_chains); i++) {
        TRY(tell_chain(netlink, inner_chains[i], out));
    }
    for (size_t i = 0; i < COUNT_OF(base_chains); i++) {
        TRY(tell_chain(netlink, base_chains[i], out));
    }
    TRY(tell(netlink, &told_elements, NLM_F_DUMP, "protected4", out));
    TRY(tell(netlink, &told_elements, NLM_F_DUMP, "protected6", out));
    return out->overflow ? status_error(STATUS_EXHAUSTED,
                                        "nf_tables: table " SETS_TABLE " tells over %d bytes",
                                        (int)TOLD_BYTES_MAX)
                         : STATUS_SUCCESS;
}

/* Reads the table between two equal generations. */
static struct status tell_still(struct netlink *netlink, struct buf *out, uint32_t *out_generation)
{
    for (unsigned tries = 0; tries < TELL_TRIES; tries++) {
        uint32_t before = 0;
        uint32_t after = 0;
        buf_clear(out);
        TRY(elements_generation(netlink, &before));
        struct status told = tell_all(netlink, out);
        if (!status_ok(&told) && told.code != STATUS_CONFLICT) {
            return told;
        }
        TRY(elements_generation(netlink, &after));
        if (before == after && status_ok(&told)) {
            *out_generation = after;
            return STATUS_SUCCESS;
        }
    }
    return status_error(STATUS_UNAVAILABLE, "nf_tables: the rule set keeps changing");
}

/* --- making and checking ---------------------------------------------------------------------- */

void layout_done(struct layout *layout)
{
    buf_done(&layout->text);
    buf_done(&layout->whole);
}

static void free_context(struct nft_ctx **context)
{
    if (*context != NULL) {
        nft_ctx_free(*context);
    }
}

static struct status run_text(const char *text, bool dry)
{
    CLEANUP(free_context) struct nft_ctx *context = nft_ctx_new(NFT_CTX_DEFAULT);

    if (context == NULL || nft_ctx_buffer_output(context) != 0 ||
        nft_ctx_buffer_error(context) != 0) {
        return status_error(STATUS_UNAVAILABLE, "libnftables does not start");
    }
    nft_ctx_set_dry_run(context, dry);
    if (nft_run_cmd_from_buffer(context, text) != 0) {
        struct slice error = slice_from(nft_ctx_get_error_buffer(context));
        struct slice first = slice_trim(slice_cut(&error, '\n'));
        return status_error(STATUS_UNAVAILABLE, "table inet " SETS_TABLE ": %.*s",
                            SLICE_ARG(first));
    }
    return STATUS_SUCCESS;
}

struct status layout_try(const struct layout *layout)
{
    return run_text(layout->text.ptr, true);
}

struct status layout_make(struct layout *layout, struct netlink *netlink)
{
    layout->made = false;
    layout->whole.limit = TOLD_BYTES_MAX;
    TRY(run_text(layout->text.ptr, false));
    TRY(tell_still(netlink, &layout->whole, &layout->generation));
    layout->made = true;
    return STATUS_SUCCESS;
}

struct status layout_check(struct layout *layout, struct netlink *netlink, bool *out_whole)
{
    CLEANUP(buf_done) struct buf now = { .limit = TOLD_BYTES_MAX };
    uint32_t generation = 0;

    TRY(elements_generation(netlink, &generation));
    if (layout->made && generation == layout->generation) {
        *out_whole = true;
        return STATUS_SUCCESS;
    }
    TRY(tell_still(netlink, &now, &generation));
    *out_whole = layout->made && slice_eq(buf_slice(&now), buf_slice(&layout->whole));
    if (*out_whole) {
        layout->generation = generation;
    }
    return STATUS_SUCCESS;
}

void layout_changed_by_us(struct layout *layout)
{
    layout->generation++;
}
