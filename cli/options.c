#include "cli/options.h"

#include "sla/emit/emit.h"

#include <stddef.h>

static const char *const formats[] = { "table", "json",  "ndjson", "yaml",
                                       "name",  "sarif", "github", NULL };
static const char *const color_times[] = { "auto", "always", "never", NULL };
static const char *const roles[] = { "sma", "aggregator", "orchestrator", NULL };
static const char *const waits[] = { "enrolled", "seen",   "contained", "closed",
                                     "done",     "undone", "resolved",  NULL };

static const char *const corroborations[] = { "assume", "none", NULL };

static const struct option options[OPTIONS] = {
    [OPTION_OUTPUT] = { "output", 'o', "FORMAT",
                        "table, json or yaml (one document), ndjson (one element a line), name "
                        "(ids alone), or of findings sarif or github",
                        formats },
    [OPTION_NO_HEADERS] = { "no-headers", 0, NULL, "tables without the line of column names",
                            NULL },
    [OPTION_COLOR] = { "color", 0, "WHEN", "auto, always or never", color_times },
    [OPTION_QUIET] = { "quiet", 'q', NULL, "errors alone on stderr, and no notes among findings",
                       NULL },
    [OPTION_ENDPOINT] = { "endpoint", 0, "unix:PATH",
                          "socket of redand; else REDAN_ENDPOINT, else unix:/run/redan/api.sock",
                          NULL },
    [OPTION_TIMEOUT] = { "timeout", 0, "DURATION", "how long to wait for an answer (30 s)", NULL },
    [OPTION_NO_INPUT] = { "no-input", 0, NULL, "never ask; fail instead", NULL },
    [OPTION_YES] = { "yes", 0, NULL, "answer yes to the question that would be asked", NULL },
    [OPTION_UTC] = { "utc", 0, NULL, "times in UTC instead of ages and local time", NULL },
    [OPTION_HELP] = { "help", 'h', NULL, "show help and exit", NULL },
    [OPTION_VERSION] = { "version", 0, NULL, "show the version and exit", NULL },
    [OPTION_DRY_RUN] = { "dry-run", 0, NULL, "say what would be done, change nothing", NULL },
    [OPTION_REASON] = { "reason", 0, "TEXT", "why, for the journal", NULL },
    [OPTION_EXIT_CODE] = { "exit-code", 0, NULL,
                           "exit 3 when conflicts are open, or something differs", NULL },
    [OPTION_ALL] = { "all", 0, NULL, "every finding, not only the first 50", NULL },
    [OPTION_LIMIT] = { "limit", 0, "N", "at most so many rows (1000)", NULL },
    [OPTION_OPEN] = { "open", 0, NULL, "only what is not finished", NULL },
    [OPTION_INCIDENT] = { "incident", 0, "ID", "only what belongs to this incident", NULL },
    [OPTION_CHOOSE] = { "choose", 0, "N", "the repair to apply, by its number", NULL },
    [OPTION_WRITE] = { "write", 0, NULL, "change the files instead of showing the difference",
                       NULL },
    [OPTION_ROLE] = { "role", 0, "ROLE",
                      "sma, aggregator, or orchestrator (which begins the registry); default sma",
                      roles },
    [OPTION_AGGREGATOR] = { "aggregator", 0, "NAME", "the aggregator that relays for an SMA",
                            NULL },
    [OPTION_SERVICES] = { "services", 0, "LIST",
                          "an SMA's services, like L2.network.monitor,L2.network.enforce", NULL },
    [OPTION_REGISTRY] = { "registry", 0, "FOLDER", "folder of the registry (/etc/redan/keys)",
                          NULL },
    [OPTION_OUT] = { "out", 0, "FOLDER", "where the new node's files go", NULL },
    [OPTION_FROM] = { "from", 0, "SEQ", "first row; those before are taken as good", NULL },
    [OPTION_HEAD] = { "head", 0, "SEQ:HASH", "a head kept elsewhere, which must be on the chain",
                      NULL },
    [OPTION_KEEP] = { "keep", 0, NULL, "leave everything running at the end", NULL },
    [OPTION_FOR] = { "for", 0, "STATE", "the state to wait for", waits },
    [OPTION_SLA] = { "sla", 0, "PATH", "file or folder of SLA documents (those of the hospital)",
                     NULL },
    [OPTION_RULES] = { "rules", 0, "PATH", "file or folder of Sigma rules (those for Linux)",
                       NULL },
    [OPTION_NODE] = { "node", 0, "NAME", "the node that wrote the log (node-1)", NULL },
    [OPTION_CORROBORATE] = { "corroborate", 0, "HOW",
                             "assume that the kernel saw each address in the log, or none of them",
                             corroborations },
    [OPTION_AT] = { "at", 0, "TIME",
                    "when the log ended, for years it leaves out (when the file was written)",
                    NULL },
    [OPTION_AS_OF] = { "as-of", 0, "DATE",
                       "what is in force on this day, like 2026-01-31 (today, in UTC)", NULL },
    [OPTION_CHECK] = { "check", 0, NULL, "change nothing; exit 1 when a file would change", NULL },
    [OPTION_INSTALL] = { "install", 0, NULL, "write it where editors of this folder look", NULL },
    [OPTION_EMIT] = { "emit", 0, "TARGET",
                      "print what a plane is to be told: policy (all of it, JSON), nft, ovn, "
                      "libvirt, store or sigma-watchlist",
                      sla_emitter_names },
    [OPTION_CLAUSE] = { "clause", 0, "ID",
                        "only this clause, or what it does; ID, DOCUMENT/ID or PARTY/DOCUMENT/ID",
                        NULL },
    [OPTION_RESOURCE] = { "resource", 0, "NAME", "only what is about it; NAME or UCLOUD/NAME",
                          NULL },
    [OPTION_PARTY] = { "party", 0, "NAME", "whose watch list", NULL },
    [OPTION_MIN_COVERAGE] = { "min-coverage", 0, "SHARE",
                              "exit 1 when tests reach a smaller share of the clauses", NULL },
    [OPTION_KEYS] = { "keys", 0, "PATH",
                      "trusted public keys: a file PARTY.pem, or a folder of such", NULL },
    [OPTION_KEY] = { "key", 0, "FILE", "the private key that signs (PEM, mode 0600)", NULL },
    [OPTION_BY] = { "by", 0, "NAME", "who signs", NULL },
    [OPTION_AGREEMENT] = { "agreement", 0, "NAME",
                           "what this agreement binds, and who has signed; NAME or NAME@VERSION",
                           NULL },
    [OPTION_STRICT] = { "strict", 0, NULL, "exit 1 when there are warnings, too", NULL },
};

const struct option *option_at(enum option_id id)
{
    return &options[id];
}

unsigned option_find(struct slice name)
{
    unsigned id = 0;

    while (id < OPTIONS && !slice_is(name, options[id].name)) {
        id++;
    }
    return id;
}

unsigned option_find_letter(char letter)
{
    unsigned id = 0;

    while (id < OPTIONS && (letter == '\0' || options[id].letter != letter)) {
        id++;
    }
    return id;
}

uint64_t options_global(void)
{
    return OPTION_BIT(OPTION_DRY_RUN) - 1; /* the rows before it */
}
