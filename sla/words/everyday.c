#include "sla/words/everyday.h"

#include "base/cleanup.h"

/* Of two words that one list has, the first here is meant. */
static const struct {
    const char *called, *word;
} everyday[] = {
    { "allow", "permit" },
    { "accept", "permit" },
    { "grant", "permit" },
    { "yes", "permit" },
    { "true", "permit" },
    { "block", "deny" },
    { "block", "network.deny source" }, /* of a reaction */
    { "block", "network.deny" },
    { "forbid", "deny" },
    { "reject", "deny" },
    { "refuse", "deny" },
    { "drop", "deny" },
    { "prohibit", "deny" },
    { "blocked", "deny" },
    { "drop", "network.deny source" },
    { "no", "deny" },
    { "false", "deny" },
    { "off", "deny" },
    { "no", "none" },
    { "off", "none" },
    { "false", "none" },
    { "storage", "data" },
    { "bucket", "data" },
    { "volume", "data" },
    { "database", "data" },
    { "disk", "data" },
    { "s3", "data" },
    { "net", "network" },
    { "lan", "network" },
    { "host", "network" },
    { "segment", "network" },
    { "vm", "compute" },
    { "machine", "compute" },
    { "server", "compute" },
    { "container", "compute" },
    { "machine", "vm" },
    { "server", "vm" },
    { "pod", "container" },
    { "disk", "volume" },
    { "vlan", "segment" },
    { "subnet", "segment" },
    { "sla", "SecuritySLA" },
    { "offer", "ProviderOffer" },
    { "cloud", "UCloud" },
    { "ucloud", "UCloud" },
    { "contract", "Agreement" },
    { "customer", "tenant" },
    { "client", "tenant" },
    { "vendor", "provider" },
    { "supplier", "provider" },
    { "admin", "operator" },
    { "europe", "EU" },
    { "everyone", "anyone" },
    { "hash", "digest" },
    { "internet", "any" },
    { "world", "any" },
    { "anywhere", "any" },
    { "outside", "any" },
    { "external", "any" },
    { "public", "any" },
};

/* The letters and digits alone, in small letters; '\0' behind the last one. */
static char next_letter(struct slice *rest)
{
    while (rest->len > 0) {
        char byte = rest->ptr[0];
        *rest = slice_sub(*rest, 1, rest->len);
        if (byte >= 'A' && byte <= 'Z') {
            byte = (char)(byte - 'A' + 'a');
        }
        if (byte != ' ' && byte != '-' && byte != '_' && byte != '.' && byte != '\0') {
            return byte;
        }
    }
    return '\0';
}

bool sla_is_spoken(struct slice text, struct slice name)
{
    char letter = next_letter(&name);

    while (letter != '\0' && letter == next_letter(&text)) {
        letter = next_letter(&name);
    }
    return letter == '\0' && next_letter(&text) == '\0';
}

struct slice sla_everyday(struct slice text, const struct slice *words, size_t count)
{
    for (size_t i = 0; i < COUNT_OF(everyday); i++) {
        bool is_called = sla_is_spoken(text, slice_from(everyday[i].called));
        for (size_t j = 0; is_called && j < count; j++) {
            if (slice_is(words[j], everyday[i].word)) {
                return words[j];
            }
        }
    }
    return (struct slice){ 0 };
}
