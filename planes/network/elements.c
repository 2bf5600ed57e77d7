#include "planes/network/elements.h"

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"

/* User data of an element, as nft(8) reads it: type, length, value. */
enum { USER_COMMENT = 0, USER_HEADER_BYTES = 2, COMMENT_BYTES_MAX = ULID_TEXT_LEN + 24 };
/* The kernel counts in ticks of up to 10 ms and rounds down; a lease of no tick is none at all. */
enum { LEASE_MIN_MS = 20, LIST_TRIES = 5 };

static uint16_t nft_type(uint16_t message)
{
    return (uint16_t)((NFNL_SUBSYS_NFTABLES << 8) | message);
}

static void set_family(struct nlmsghdr *message, uint8_t family, uint16_t resource)
{
    struct nfgenmsg *header = mnl_nlmsg_get_payload(message);

    header->nfgen_family = family;
    header->version = NFNETLINK_V0;
    header->res_id = htobe16(resource);
}

static struct nlmsghdr *add_message(struct netlink *netlink, uint16_t type, uint16_t flags)
{
    struct nlmsghdr *message = netlink_add(netlink, nft_type(type), flags, sizeof(struct nfgenmsg));

    set_family(message, NFPROTO_INET, 0);
    return message;
}

static void add_batch_end(struct netlink *netlink, uint16_t type)
{
    struct nlmsghdr *message = netlink_add_silent(netlink, type, 0, sizeof(struct nfgenmsg));

    set_family(message, NFPROTO_UNSPEC, NFNL_SUBSYS_NFTABLES);
}

static void put_set(struct nlmsghdr *message, enum set_kind kind, unsigned bank)
{
    char name[SETS_NAME_MAX];

    set_name(kind, bank, name);
    mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_TABLE, SETS_TABLE);
    mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_SET, name);
}

/* The limit of a ban's renewals, counted from this moment; the kernel's own clock of the element
 * tells later how much of it is left. */
static void put_comment(struct nlmsghdr *message, const struct action *action)
{
    uint8_t data[USER_HEADER_BYTES + COMMENT_BYTES_MAX] = { USER_COMMENT };
    const struct lease *lease = &action->lease;
    int64_t limit_ms = lease->polarity == LEASE_BAN ? lease->limit_ms : lease->duration_ms;
    int len = snprintf((char *)data + USER_HEADER_BYTES, COMMENT_BYTES_MAX, "%s %" PRId64,
                       action->id.text, limit_ms);

    assert(len > ULID_TEXT_LEN && len < COMMENT_BYTES_MAX);
    data[1] = (uint8_t)(len + 1);
    mnl_attr_put(message, NFTA_SET_ELEM_USERDATA, (size_t)len + 1 + USER_HEADER_BYTES, data);
}

static void put_lease(struct nlmsghdr *message, int64_t lease_ms)
{
    if (lease_ms > 0) {
        lease_ms = lease_ms < LEASE_MIN_MS ? LEASE_MIN_MS : lease_ms;
        mnl_attr_put_u64(message, NFTA_SET_ELEM_TIMEOUT, htobe64((uint64_t)lease_ms));
    }
}

/* `action` NULL: only the key, as for a question or a removal. */
static void put_element(struct nlmsghdr *message, enum set_kind kind, const struct set_key *key,
                        const struct action *action)
{
    struct nlattr *element = mnl_attr_nest_start(message, NFTA_LIST_ELEM);
    struct nlattr *nest = mnl_attr_nest_start(message, NFTA_SET_ELEM_KEY);

    mnl_attr_put(message, NFTA_DATA_VALUE, set_shape(kind)->key_bytes, key->bytes);
    mnl_attr_nest_end(message, nest);
    if (key->interval_end) {
        mnl_attr_put_u32(message, NFTA_SET_ELEM_FLAGS, htobe32(NFT_SET_ELEM_INTERVAL_END));
    }
    /* The kernel ends an interval's lease by its start, and takes the end away with it. */
    if (action != NULL && !key->interval_end) {
        put_comment(message, action);
        put_lease(message, action->lease.duration_ms);
    }
    mnl_attr_nest_end(message, element);
}

/* --- reading -------------------------------------------------------------------------------- */

static void read_comment(const struct nlattr *data, struct element *out)
{
    const uint8_t *bytes = mnl_attr_get_payload(data);
    size_t len = mnl_attr_get_payload_len(data);

    /* Ours is the only entry; whatever else somebody wrote there is not ours. */
    if (len <= USER_HEADER_BYTES || bytes[0] != USER_COMMENT ||
        bytes[1] != len - USER_HEADER_BYTES || bytes[len - 1] != '\0') {
        return;
    }
    struct slice rest = { (const char *)bytes + USER_HEADER_BYTES, len - USER_HEADER_BYTES - 1 };
    struct slice name = slice_cut(&rest, ' ');
    struct ulid id;
    int64_t limit_ms = 0;
    struct status named = ulid_parse(name, &id);
    struct status limited = parse_i64(rest, 0, LEASE_MAX_MS, &limit_ms);
    if (status_ok(&named) && (rest.len == 0 || status_ok(&limited))) {
        out->id = id;
        out->limit_ms = limit_ms;
    }
}

static int64_t read_ms(const struct nlattr *attr, int64_t otherwise)
{
    if (attr == NULL) {
        return otherwise;
    }
    uint64_t ms = be64toh(mnl_attr_get_u64(attr));
    return ms > (uint64_t)INT64_MAX ? INT64_MAX : (int64_t)ms;
}

static bool read_key(const struct nlattr *key, enum set_kind kind, struct set_key *out)
{
    const struct nlattr *inner[NFTA_DATA_MAX + 1];
    size_t bytes = set_shape(kind)->key_bytes;

    if (key == NULL || !netlink_nested(key, NFTA_DATA_MAX, inner)) {
        return false;
    }
    const struct nlattr *value = netlink_find(inner, NFTA_DATA_VALUE, bytes);
    if (value == NULL) {
        return false;
    }
    memcpy(out->bytes, mnl_attr_get_payload(value), bytes);
    return true;
}

static bool read_element(const struct nlattr *nest, struct element *out)
{
    const struct nlattr *attrs[NFTA_SET_ELEM_MAX + 1];

    if (!netlink_nested(nest, NFTA_SET_ELEM_MAX, attrs) ||
        !read_key(attrs[NFTA_SET_ELEM_KEY], out->kind, &out->key)) {
        return false;
    }
    const struct nlattr *flags = netlink_find(attrs, NFTA_SET_ELEM_FLAGS, sizeof(uint32_t));
    if (flags != NULL) {
        out->key.interval_end = (be32toh(mnl_attr_get_u32(flags)) & NFT_SET_ELEM_INTERVAL_END) != 0;
    }
    if (attrs[NFTA_SET_ELEM_USERDATA] != NULL) {
        read_comment(attrs[NFTA_SET_ELEM_USERDATA], out);
    }
    out->timeout_ms = read_ms(netlink_find(attrs, NFTA_SET_ELEM_TIMEOUT, sizeof(uint64_t)), 0);
    out->left_ms = read_ms(netlink_find(attrs, NFTA_SET_ELEM_EXPIRATION, sizeof(uint64_t)), -1);
    if (out->timeout_ms == 0) {
        out->left_ms = -1;
    }
    return true;
}

struct read_job {
    enum set_kind kind;
    unsigned bank;
    element_fn *each;
    void *arg;
    struct status failure;
};

static int tell_element(const struct nlattr *nest, void *arg)
{
    struct read_job *job = arg;
    struct element element = { .kind = job->kind, .bank = job->bank };

    job->failure = read_element(nest, &element)
                       ? job->each(job->arg, &element)
                       : status_error(STATUS_CORRUPT, "nf_tables: a malformed element");
    return status_ok(&job->failure) ? MNL_CB_OK : MNL_CB_ERROR;
}

/* Calls `each` for every element in one message of the kernel. */
static struct status read_elements(const struct nlmsghdr *data, enum set_kind kind, unsigned bank,
                                   element_fn *each, void *arg)
{
    const struct nlattr *attrs[NFTA_SET_ELEM_LIST_MAX + 1];
    struct read_job job = { kind, bank, each, arg, STATUS_SUCCESS };

    if (!netlink_attrs(data, sizeof(struct nfgenmsg), NFTA_SET_ELEM_LIST_MAX, attrs)) {
        return status_error(STATUS_CORRUPT, "nf_tables: a malformed element list");
    }
    if (attrs[NFTA_SET_ELEM_LIST_ELEMENTS] != NULL) { /* else an empty set */
        (void)mnl_attr_parse_nested(attrs[NFTA_SET_ELEM_LIST_ELEMENTS], tell_element, &job);
    }
    return job.failure;
}

/* --- finding -------------------------------------------------------------------------------- */

struct bank_answer {
    bool taken[SETS_KEYS_MAX]; /* by anyone */
    struct element elements[SETS_KEYS_MAX];
};

struct find_job {
    const struct set_keys *keys;
    struct bank_answer banks[SETS_BANKS];
    size_t index; /* of the message being read */
};

static struct status note_found(void *arg, const struct element *element)
{
    struct find_job *job = arg;
    size_t at = job->index % job->keys->count;
    const struct set_key *asked = &job->keys->keys[at];
    struct bank_answer *bank = &job->banks[job->index / job->keys->count];

    /* Asked about an interval, the kernel tells the one around the key. */
    if (memcmp(element->key.bytes, asked->bytes, SETS_KEY_BYTES) == 0 &&
        element->key.interval_end == asked->interval_end) {
        bank->taken[at] = true;
        bank->elements[at] = *element;
    }
    return STATUS_SUCCESS;
}

static struct status on_found(void *arg, size_t index, const struct nlmsghdr *data)
{
    struct find_job *job = arg;

    job->index = index;
    return read_elements(data, job->keys->kind, (unsigned)(index / job->keys->count), note_found,
                         job);
}

/* An interval's end carries no id: it belongs to the start before it. */
static bool is_own(const struct bank_answer *bank, size_t at, const struct ulid *id)
{
    const struct element *named = &bank->elements[bank->elements[at].key.interval_end ? 0 : at];

    return bank->taken[at] && strcmp(named->id.text, id->text) == 0;
}

static void take_own(const struct bank_answer *bank, const struct action *action,
                     struct elements_found *out)
{
    for (size_t at = 0; at < out->keys.count; at++) {
        const struct element *element = &bank->elements[at];
        if (!is_own(bank, at, &action->id)) {
            continue;
        }
        bool shortest = !out->own || (element->left_ms >= 0 &&
                                      (out->left_ms < 0 || element->left_ms < out->left_ms));
        if (shortest) {
            out->left_ms = element->left_ms;
            out->timeout_ms = element->timeout_ms;
        }
        out->own = true;
        out->present[at] = true;
    }
}

static bool has_any(const struct bank_answer *bank, const struct set_keys *keys)
{
    for (size_t at = 0; at < keys->count; at++) {
        if (bank->taken[at] && !bank->elements[at].key.interval_end) {
            return true;
        }
    }
    return false;
}

static void choose_bank(const struct find_job *job, const struct action *action,
                        struct elements_found *out)
{
    for (unsigned bank = 0; bank < SETS_BANKS && !out->own; bank++) {
        take_own(&job->banks[bank], action, out);
        out->bank = bank;
    }
    if (out->own) {
        return;
    }
    out->bank = 0;
    while (out->bank < SETS_BANKS && has_any(&job->banks[out->bank], &out->keys)) {
        out->bank++;
    }
    out->full = out->bank == SETS_BANKS;
}

/* The set or its element is not there. */
static bool is_missing(int error)
{
    return error == ENOENT;
}

static struct status status_of(int error, const char *what)
{
    if (error == 0) {
        return STATUS_SUCCESS;
    }
    enum status_code code = STATUS_UNAVAILABLE;
    if (error == EPERM || error == EACCES) {
        code = STATUS_DENIED;
    } else if (is_missing(error)) {
        code = STATUS_NOT_FOUND;
    } else if (error == EEXIST || error == ENOTEMPTY || error == ENFILE) {
        code = STATUS_CONFLICT;
    }
    return status_error(code, "nf_tables: %s: %s", what, strerrordesc_np(error));
}

struct status elements_find(struct netlink *netlink, const struct action *action,
                            struct elements_found *out)
{
    struct elements_found found = { .left_ms = -1 };
    struct find_job job = { .keys = &found.keys };

    set_keys_of(action, &found.keys);
    netlink_begin(netlink);
    for (unsigned bank = 0; bank < SETS_BANKS; bank++) {
        for (size_t at = 0; at < found.keys.count; at++) {
            struct nlmsghdr *message = add_message(netlink, NFT_MSG_GETSETELEM, 0);
            put_set(message, found.keys.kind, bank);
            struct nlattr *list = mnl_attr_nest_start(message, NFTA_SET_ELEM_LIST_ELEMENTS);
            put_element(message, found.keys.kind, &found.keys.keys[at], NULL);
            mnl_attr_nest_end(message, list);
        }
    }
    TRY(netlink_exchange(netlink, on_found, &job));
    for (size_t i = 0; i < netlink_count(netlink); i++) {
        int error = netlink_errno(netlink, i);
        if (!is_missing(error)) {
            TRY(status_of(error, "looking for an element"));
        }
    }
    choose_bank(&job, action, &found);
    *out = found;
    return STATUS_SUCCESS;
}

/* --- changing ------------------------------------------------------------------------------- */

/* One message per element, so that each can fail by itself. */
static void add_change(struct netlink *netlink, uint16_t type, uint16_t flags,
                       const struct elements_found *found, size_t at, unsigned bank,
                       const struct action *action)
{
    struct nlmsghdr *message = add_message(netlink, type, flags);

    put_set(message, found->keys.kind, bank);
    struct nlattr *list = mnl_attr_nest_start(message, NFTA_SET_ELEM_LIST_ELEMENTS);
    put_element(message, found->keys.kind, &found->keys.keys[at], action);
    mnl_attr_nest_end(message, list);
}

static void add_removals(struct netlink *netlink, const struct elements_found *found)
{
    for (size_t at = 0; at < found->keys.count; at++) {
        if (found->present[at]) {
            add_change(netlink, NFT_MSG_DELSETELEM, 0, found, at, found->bank, NULL);
        }
    }
}

static struct status commit(struct netlink *netlink, const char *what)
{
    add_batch_end(netlink, NFNL_MSG_BATCH_END);
    TRY(netlink_exchange(netlink, NULL, NULL));
    for (size_t i = 0; i < netlink_count(netlink); i++) {
        TRY(status_of(netlink_errno(netlink, i), what));
    }
    return STATUS_SUCCESS;
}

struct status elements_put(struct netlink *netlink, const struct action *action,
                           const struct elements_found *found, unsigned bank)
{
    netlink_begin(netlink);
    add_batch_end(netlink, NFNL_MSG_BATCH_BEGIN);
    if (found->own) {
        add_removals(netlink, found);
    }
    for (size_t at = 0; at < found->keys.count; at++) {
        add_change(netlink, NFT_MSG_NEWSETELEM, NLM_F_CREATE | NLM_F_EXCL, found, at, bank, action);
    }
    return commit(netlink, "adding an element");
}

struct status elements_remove(struct netlink *netlink, const struct elements_found *found)
{
    if (!found->own) {
        return STATUS_SUCCESS;
    }
    netlink_begin(netlink);
    add_batch_end(netlink, NFNL_MSG_BATCH_BEGIN);
    add_removals(netlink, found);
    return commit(netlink, "removing an element");
}

/* --- listing -------------------------------------------------------------------------------- */

struct list_job {
    enum set_kind kind;
    unsigned bank;
    element_fn *each;
    void *arg;
};

static struct status tell_ours(void *arg, const struct element *element)
{
    const struct list_job *job = arg;

    if (element->id.text[0] == '\0' && !element->key.interval_end) {
        return STATUS_SUCCESS;
    }
    return job->each(job->arg, element);
}

static struct status on_listed(void *arg, size_t index, const struct nlmsghdr *data)
{
    struct list_job *job = arg;

    (void)index;
    return read_elements(data, job->kind, job->bank, tell_ours, job);
}

static struct status list_set(struct netlink *netlink, struct list_job *job, bool *out_disturbed)
{
    netlink_begin(netlink);
    put_set(add_message(netlink, NFT_MSG_GETSETELEM, NLM_F_DUMP), job->kind, job->bank);
    TRY(netlink_exchange(netlink, on_listed, job));
    int error = netlink_errno(netlink, 0);
    *out_disturbed = error == EINTR;
    return *out_disturbed || is_missing(error) ? STATUS_SUCCESS : status_of(error, "listing a set");
}

static struct status list_all(struct netlink *netlink, element_fn *each, void *arg,
                              bool *out_disturbed)
{
    *out_disturbed = false;
    for (unsigned kind = 0; kind < SET_KINDS; kind++) {
        for (unsigned bank = 0; bank < SETS_BANKS && !*out_disturbed; bank++) {
            struct list_job job = { (enum set_kind)kind, bank, each, arg };
            TRY(list_set(netlink, &job, out_disturbed));
        }
    }
    return STATUS_SUCCESS;
}

struct status elements_list(struct netlink *netlink, element_fn *each, void (*restart)(void *arg),
                            void *arg)
{
    for (unsigned tries = 0; tries < LIST_TRIES; tries++) {
        bool disturbed = false;
        restart(arg);
        TRY(list_all(netlink, each, arg, &disturbed));
        if (!disturbed) {
            return STATUS_SUCCESS;
        }
    }
    return status_error(STATUS_UNAVAILABLE, "nf_tables: the sets keep changing");
}

static struct status on_generation(void *arg, size_t index, const struct nlmsghdr *data)
{
    const struct nlattr *attrs[NFTA_GEN_MAX + 1];
    uint32_t *generation = arg;

    (void)index;
    if (!netlink_attrs(data, sizeof(struct nfgenmsg), NFTA_GEN_MAX, attrs) ||
        netlink_find(attrs, NFTA_GEN_ID, sizeof(uint32_t)) == NULL) {
        return status_error(STATUS_CORRUPT, "nf_tables: no generation in the answer");
    }
    *generation = be32toh(mnl_attr_get_u32(attrs[NFTA_GEN_ID]));
    return STATUS_SUCCESS;
}

struct status elements_generation(struct netlink *netlink, uint32_t *out)
{
    uint32_t generation = 0;

    netlink_begin(netlink);
    (void)add_message(netlink, NFT_MSG_GETGEN, 0);
    TRY(netlink_exchange(netlink, on_generation, &generation));
    TRY(status_of(netlink_errno(netlink, 0), "asking for the generation"));
    *out = generation;
    return STATUS_SUCCESS;
}
