#include "planes/helper_codec.h"

#include <assert.h>
#include <string.h>

static const uint8_t magic[4] = { 'R', 'D', 'N', 'H' };

/* One walk over the fields serves both ways: a field writes itself when `encode`, else it reads
 * itself; so the two cannot drift apart. */
struct walk {
    uint8_t *bytes;
    size_t at;
    bool encode;
    const char *bad; /* the first field that is out of range */
};

static void fail(struct walk *walk, const char *field)
{
    if (walk->bad == NULL) {
        walk->bad = field;
    }
}

/* `size` bytes of an unsigned number. Bodies are sized below HELPER_MESSAGE_BYTES by construction.
 */
static void walk_number(struct walk *walk, uint64_t *value, size_t size)
{
    assert(walk->at + size <= HELPER_MESSAGE_BYTES);
    uint64_t read = 0;
    for (size_t i = 0; i < size; i++) {
        uint8_t *byte = &walk->bytes[walk->at + i];
        if (walk->encode) {
            *byte = (uint8_t)(*value >> (8 * i));
        } else {
            read |= (uint64_t)*byte << (8 * i);
        }
    }
    walk->at += size;
    if (!walk->encode) {
        *value = read;
    }
}

static void walk_u32(struct walk *walk, uint32_t *value)
{
    uint64_t wide = *value;

    walk_number(walk, &wide, sizeof(*value));
    *value = (uint32_t)wide;
}

static void walk_u16(struct walk *walk, uint16_t *value)
{
    uint64_t wide = *value;

    walk_number(walk, &wide, sizeof(*value));
    *value = (uint16_t)wide;
}

static void walk_i64(struct walk *walk, int64_t *value)
{
    uint64_t wide = (uint64_t)*value;

    walk_number(walk, &wide, sizeof(*value));
    *value = (int64_t)wide;
}

/* One byte below `limit`. */
static void walk_small(struct walk *walk, unsigned *value, unsigned limit, const char *field)
{
    uint64_t wide = *value;

    walk_number(walk, &wide, 1);
    if (wide >= limit) {
        fail(walk, field);
        wide = 0;
    }
    *value = (unsigned)wide;
}

#define WALK_ENUM(walk, place, type, limit, field)                                                 \
    do {                                                                                           \
        unsigned small_ = (unsigned)(place);                                                       \
        walk_small((walk), &small_, (limit), (field));                                             \
        (place) = (type)small_;                                                                    \
    } while (0)

static void walk_bool(struct walk *walk, bool *value, const char *field)
{
    WALK_ENUM(walk, *value, bool, 2, field);
}

static void walk_bytes(struct walk *walk, uint8_t *value, size_t size)
{
    assert(walk->at + size <= HELPER_MESSAGE_BYTES);
    if (walk->encode) {
        memcpy(walk->bytes + walk->at, value, size);
    } else {
        memcpy(value, walk->bytes + walk->at, size);
    }
    walk->at += size;
}

/* A text in `size` bytes: ends with NUL, and behind it is nothing. */
static void walk_text(struct walk *walk, char *text, size_t size, const char *field)
{
    size_t len = strnlen(text, size - 1);

    assert(walk->at + size <= HELPER_MESSAGE_BYTES);
    char *place = (char *)walk->bytes + walk->at;
    walk->at += size;
    if (walk->encode) {
        memcpy(place, text, len);
        return; /* the rest is zero already */
    }
    len = strnlen(place, size);
    for (size_t i = len; i < size; i++) {
        if (place[i] != '\0') {
            fail(walk, field);
            return;
        }
    }
    if (len == size) {
        fail(walk, field);
        return;
    }
    memcpy(text, place, size);
}

/* --- the structs of the vocabulary --------------------------------------------------------------
 */

static void walk_address(struct walk *walk, struct address *address, const char *field)
{
    static const enum address_family families[] = { ADDRESS_NONE, ADDRESS_IPV4, ADDRESS_IPV6 };
    unsigned family = address->family == ADDRESS_NONE ? 0 : (unsigned)address->family / 2 - 1;

    walk_small(walk, &family, COUNT_OF(families), field);
    address->family = families[family];
    WALK_ENUM(walk, address->prefix_len, uint8_t, 129, field);
    walk_bytes(walk, address->bytes, sizeof(address->bytes));
    walk_text(walk, address->zone, sizeof(address->zone), field);
    static const struct address none;
    if (!(address->family == ADDRESS_NONE ? address_eq(address, &none)
                                          : address_is_valid(address))) {
        fail(walk, field);
    }
}

static void walk_lease(struct walk *walk, struct lease *lease)
{
    WALK_ENUM(walk, lease->polarity, enum lease_polarity, LEASE_GRANT + 1, "lease.polarity");
    walk_i64(walk, &lease->duration_ms);
    walk_i64(walk, &lease->limit_ms);
}

/* `found` on a plane: there its node need not be named. */
static void walk_action(struct walk *walk, struct action *action, bool found)
{
    walk_text(walk, action->id.text, sizeof(action->id.text), "id");
    WALK_ENUM(walk, action->kind, enum action_kind, ACTION_KINDS, "action");
    walk_text(walk, action->node, sizeof(action->node), "node");
    walk_text(walk, action->resource, sizeof(action->resource), "resource");
    walk_address(walk, &action->source, "source");
    walk_lease(walk, &action->lease);
    struct action checked = *action;
    if (found && checked.node[0] == '\0') {
        checked.node[0] = 'n';
    }
    struct status valid = action_validate(&checked);
    if (!status_ok(&valid)) {
        fail(walk, "action");
    }
}

static void walk_reading(struct walk *walk, struct plane_reading *reading)
{
    WALK_ENUM(walk, reading->presence, enum plane_presence, PLANE_PRESENT + 1, "presence");
    WALK_ENUM(walk, reading->verified_by, enum verified_by, VERIFIED_ATTESTED + 1, "verified_by");
    walk_i64(walk, &reading->lease_left_ms);
    if (reading->lease_left_ms < -1) {
        fail(walk, "lease_left_ms");
    }
    walk_text(walk, reading->detail, sizeof(reading->detail), "detail");
}

static void walk_query(struct walk *walk, struct plane_peer_query *query)
{
    walk_address(walk, &query->peer, "peer");
    walk_u16(walk, &query->peer_port);
    walk_u16(walk, &query->local_port);
    if (!address_is_host(&query->peer)) {
        fail(walk, "peer");
    }
}

static void walk_capability(struct walk *walk, struct plane_capability *capability)
{
    WALK_ENUM(walk, capability->kind, enum action_kind, ACTION_KINDS, "action");
    walk_bool(walk, &capability->supported, "supported");
    walk_bool(walk, &capability->reversible, "reversible");
    WALK_ENUM(walk, capability->verified_by, enum verified_by, VERIFIED_ATTESTED + 1,
              "verified_by");
    walk_u32(walk, &capability->settle_ms);
    walk_text(walk, capability->why_not, sizeof(capability->why_not), "why_not");
}

/* Where it was raised stays behind: it means nothing in another process. */
static void walk_outcome(struct walk *walk, struct status *outcome)
{
    WALK_ENUM(walk, outcome->code, enum status_code, STATUS_INTERNAL + 1, "outcome");
    walk_text(walk, outcome->msg, sizeof(outcome->msg), "message");
    if (!walk->encode) {
        outcome->file = "helper";
    }
}

static void walk_welcome(struct walk *walk, struct helper_message *message)
{
    WALK_ENUM(walk, message->plane, enum plane_kind, PLANE_KINDS, "plane");
    walk_text(walk, message->name, sizeof(message->name), "name");
}

static void walk_body(struct walk *walk, struct helper_message *message)
{
    switch (message->kind) {
    case HELPER_HELLO:
    case HELPER_OBSERVE:
        break;
    case HELPER_APPLY:
    case HELPER_UNDO:
    case HELPER_READ_BACK:
        walk_action(walk, &message->action, false);
        break;
    case HELPER_PEER_SEEN:
        walk_query(walk, &message->query);
        break;
    case HELPER_WELCOME:
        walk_welcome(walk, message);
        break;
    case HELPER_CAPABILITY:
        walk_capability(walk, &message->capability);
        break;
    case HELPER_DONE:
        walk_outcome(walk, &message->outcome);
        break;
    case HELPER_READING:
        walk_outcome(walk, &message->outcome);
        walk_reading(walk, &message->reading);
        break;
    case HELPER_CONTROL:
        walk_action(walk, &message->control.action, true);
        walk_reading(walk, &message->control.reading);
        break;
    case HELPER_OBSERVED:
        walk_outcome(walk, &message->outcome);
        walk_u32(walk, &message->count);
        break;
    case HELPER_PEER:
        walk_outcome(walk, &message->outcome);
        walk_bool(walk, &message->seen, "seen");
        break;
    }
}

/* --- messages ------------------------------------------------------------------------------------
 */

bool helper_kind_is_request(enum helper_kind kind)
{
    return kind >= HELPER_HELLO && kind <= HELPER_PEER_SEEN;
}

static bool is_kind(unsigned kind)
{
    return (kind >= HELPER_HELLO && kind <= HELPER_PEER_SEEN) ||
           (kind >= HELPER_WELCOME && kind <= HELPER_PEER);
}

static bool has_call(enum helper_kind kind)
{
    return kind != HELPER_HELLO && kind != HELPER_WELCOME && kind != HELPER_CAPABILITY;
}

void helper_encode(const struct helper_message *message, uint8_t out[HELPER_MESSAGE_BYTES])
{
    struct helper_message copy = *message;
    struct walk walk = { .bytes = out, .encode = true };
    uint16_t version = HELPER_VERSION;
    uint16_t kind = (uint16_t)message->kind;

    memset(out, 0, HELPER_MESSAGE_BYTES);
    memcpy(out, magic, sizeof(magic));
    walk.at = sizeof(magic);
    walk_u16(&walk, &version);
    walk_u16(&walk, &kind);
    walk_number(&walk, &copy.call, sizeof(copy.call));
    walk_body(&walk, &copy);
}

static struct status check_head(const uint8_t *bytes, size_t len)
{
    if (len != HELPER_MESSAGE_BYTES) {
        return status_error(STATUS_CORRUPT, "helper message: %zu bytes instead of %d", len,
                            (int)HELPER_MESSAGE_BYTES);
    }
    if (memcmp(bytes, magic, sizeof(magic)) != 0) {
        return status_error(STATUS_CORRUPT, "helper message: wrong magic");
    }
    return STATUS_SUCCESS;
}

static bool is_zero(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

struct status helper_decode(const uint8_t *bytes, size_t len, struct helper_message *out)
{
    uint8_t copy[HELPER_MESSAGE_BYTES];
    struct helper_message message = { .kind = HELPER_HELLO };
    struct walk walk = { .bytes = copy, .at = sizeof(magic) };
    uint16_t version = 0;
    uint16_t kind = 0;

    TRY(check_head(bytes, len));
    memcpy(copy, bytes, sizeof(copy));
    walk_u16(&walk, &version);
    walk_u16(&walk, &kind);
    walk_number(&walk, &message.call, sizeof(message.call));
    if (version != HELPER_VERSION) {
        return status_error(STATUS_UNSUPPORTED, "helper message: version %u, not %u", version,
                            (unsigned)HELPER_VERSION);
    }
    if (!is_kind(kind)) {
        return status_error(STATUS_INVALID, "helper message: kind %u", kind);
    }
    message.kind = (enum helper_kind)kind;
    if (has_call(message.kind) != (message.call != 0)) {
        return status_error(STATUS_INVALID, "helper message: kind %u with call %llu", kind,
                            (unsigned long long)message.call);
    }
    walk_body(&walk, &message);
    if (walk.bad != NULL) {
        return status_error(STATUS_INVALID, "helper message: kind %u: bad %s", kind, walk.bad);
    }
    if (!is_zero(copy + walk.at, sizeof(copy) - walk.at)) {
        return status_error(STATUS_CORRUPT, "helper message: kind %u with stray bytes", kind);
    }
    *out = message;
    return STATUS_SUCCESS;
}
