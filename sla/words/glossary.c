#include "sla/words/glossary.h"

#include "base/cleanup.h"
#include "sla/values/acts.h"

static const struct sla_gloss stances[] = {
    { "requires", "It must hold, whatever anybody else does." },
    { "offers",
      "A capability: what its party can do or will keep to. Others may rely on it; whether "
      "it is a promise to them is said by an Agreement." },
    { "reserves", "A right that its party may use without asking, so every use of it must be "
                  "tolerable to all others." },
};

static const struct sla_gloss strengths[] = {
    { "must", "It never gives way. Where it cannot hold, that is an error or an open conflict." },
    { "should", "It gives way where not everything can hold: a warning names it and what is lost, "
                "and no plan is held to it for as long." },
};

static const struct sla_gloss operators[] = {
    { "in", "Among what is listed, and nowhere else." },
    { "not in", "Anything but what is listed." },
    { ">=", "At least as much." },
    { "<=", "At most as much." },
    { "is", "Exactly that." },
    { "includes", "At least everything that is listed." },
    { "permit",
      "Who is named may. Of a `flow`: such packets pass, and a host of which one `permit` "
      "speaks takes nothing else in that direction." },
    { "deny", "Who is named may not. Of a `flow`: such packets are dropped." },
    { "only", "Who is named may, and everybody else may not." },
    { "oblige", "Who is named may, and must." },
    { "pass", "In its tier nothing is said of whom it names; the next tier is asked." },
    { "needed", "Nobody may do the `action` for one of these purposes without consent." },
    { "apart", "Nobody may do more than one of these acts." },
};

static const struct sla_gloss verdicts[] = {
    { "proven", "It follows from promises: from agreements in force that the party of the "
                "requirement has signed, or from what that party offers itself." },
    { "to-enforce", "We hold it ourselves: planes are told of it, and it is true once their "
                    "controls are read back. Nobody needs to offer it." },
    { "advertised", "An offer carries it that is no promise to the party of the requirement: no "
                    "agreement in force pins the offer (RDN0402)." },
    { "assumed", "It holds as long as the assumptions hold that are named with it; each has an "
                 "owner, who answers for it (RDN0403)." },
    { "unproven", "Nothing carries it: nobody offers it, or not enough, not for this time, or no "
                  "plane can hold it (RDN0401, RDN0404). It may still be true." },
    { "impossible", "It cannot be had: what is offered and required excludes it (RDN0501 to "
                    "RDN0503, RDN0505, RDN0506)." },
};

static const struct sla_gloss formulas[] = {
    { "F1", "All parts are needed: their down times add up. Holds whatever the parts have to do "
            "with each other (Boole's inequality)." },
    { "F2",
      "Some of the parts are enough: the longest that too many can be down together, whatever "
      "they have to do with each other. Two of three with 43.2 min each: 64.8 min." },
    { "F3", "Some of the parts are enough, and they fail independently of each other; under the "
            "assumption `failure.independent`." },
    { "F4", "As F3, but a share of the failures takes all parts at once; under `failure.common`." },
    { "F5", "The mean over time speaks for each window; under `window.mean`." },
    { "F6", "Spent besides: switches (`failover.time`, `failover.count`), pauses by our own "
            "responses (`pause.count`), planned work." },
    { "F7",
      "Recovery of a service: the most data lost by any of its parts, plus "
      "`replication.lag`; the time to restore its parts one after the other, or at once under "
      "`restore.parallel`." },
    { "F8", "`respond.contain` is `detect.mttd` plus `respond.mttr`." },
};

static const struct sla_gloss evidence[] = {
    { "claimed", "Somebody says so: it was written down from a contract or a page, or by the "
                 "provider without a signature that was verified." },
    { "measured", "Found out by the party that asserts it, or by who is named in `measuredBy`." },
    { "attested", "Signed by its provider, and the signature was verified; of an objective: "
                  "measured with an attestation." },
};

static const struct sla_gloss everybody[] = {
    { "any", "Every address, of the internet and of our own networks: in `from` and `to` of a "
             "`flow`. A test has one sender instead, so for somebody outside it writes an address "
             "that no set has." },
    { "anyone", "Everybody, whether we know them or not: in `value` of rules, and in `by` of a "
                "test for a stranger." },
};

static const struct sla_gloss answers[] = {
    { "permit", "A clause lets it happen, and none that counts more forbids it." },
    { "forbid", "A clause forbids it; or no clause speaks of it, and who asks is not of the party "
                "whose resource it is." },
    { "none", "No clause speaks of it, and who asks is of the party whose resource it is." },
    { "conflict", "Two clauses of one tier say opposite things, and the tier has no `combine`. It "
                  "is enforced as a prohibition." },
    { "deny", "What `expect` of a test calls `forbid`; of a flow: dropped." },
};

static const struct sla_gloss conflicts[] = {
    { "modality", "One clause permits or obliges an act that another one forbids (RDN0501)." },
    { "set", "Nothing is left that all clauses on a resource allow, such as a country (RDN0502)." },
    { "arithmetic", "The numbers do not fit: an offer falls short of what is required (RDN0503)." },
    { "quorum", "Copies, holders of shares and faults of one resource do not fit each other "
                "(RDN0503)." },
    { "duty", "One subject may do two acts that are to be apart (RDN0505)." },
    { "witness", "One case, computed from the documents, in which the clauses collide: who does "
                 "what on which resource, or which figures." },
    { "repair", "Edits to the documents that end a conflict; compiled before they are shown, so no "
                "other conflict comes of them. Who pays for it stands beside it." },
    { "degraded", "A `should` clause gave way; `step` says at which step of `degrade`." },
    { "incomplete", "The search ended at its limit: what was found stands, and there may be more "
                    "(RDN0504)." },
};

static const struct sla_gloss agreements[] = {
    { "draft", "Being written: digests may be missing." },
    { "negotiated", "Each document is pinned by its digest; the parties sign now." },
    { "in-force", "Signed by every party whose documents it pins: what they offer is promised." },
    { "amended", "A newer version is in force, or was." },
    { "ended", "It is over; `ended` says when, by whom and why." },
};

static const struct sla_gloss objectives[] = {
    { "met", "What is measured is within what the clause allows." },
    { "breached", "What is measured is not, or the clause gave way." },
    { "unknown", "Nobody measured it yet, or not for long enough." },
};

static const struct sla_gloss controls[] = {
    { "pending", "Asked for; the agent has not answered yet." },
    { "acked", "The agent has taken the order." },
    { "enforced", "In force, and read back from the plane." },
    { "proven", "Another observer than the one that enforces it sees that it works." },
    { "drifted", "Was in force, and the plane does not show it any more." },
    { "expired", "Its lease is over." },
    { "undone", "Taken back, and read back as gone." },
    { "failed", "The agent could not bring it into force, or did not in time." },
};

#define WORDS(of) .words = (of), .count = COUNT_OF(of)

static const struct sla_glossary glossaries[] = {
    { .title = "Stances",
      .doc = "`stance` of a clause: what kind of statement it is.",
      WORDS(stances) },
    { .title = "Strengths", .doc = "`strength` of a clause.", WORDS(strengths) },
    { .title = "Operators",
      .doc = "`op` of a clause; each term takes some of them.",
      WORDS(operators) },
    { .title = "Acts",
      .doc = "`action` of a clause, and what a response does.",
      .count = SLA_ACTS },
    { .title = "Verdicts",
      .doc = "How a requirement is known to hold, on one resource or service; from the best to the "
             "worst. `redan sla show` prints them, and `redan sla diff` how they change.",
      WORDS(verdicts) },
    { .title = "Formulas",
      .doc = "How the figure of a service was computed, in brackets behind it.",
      WORDS(formulas) },
    { .title = "Knowledge",
      .doc = "How far the facts of an offer, or what is said of an objective, can be trusted.",
      WORDS(evidence) },
    { .title = "Everybody",
      .doc = "Where no address, party, person or group is singled out.",
      WORDS(everybody) },
    { .title = "Answers",
      .doc = "What comes of a request or a flow, in tests and differences.",
      WORDS(answers) },
    { .title = "Conflicts",
      .doc = "`class` of a conflict, and what is told with one.",
      WORDS(conflicts) },
    { .title = "States of agreements", .doc = "`state` of an Agreement.", WORDS(agreements) },
    { .title = "States of objectives",
      .doc = "At run time, in `redan status`.",
      WORDS(objectives) },
    { .title = "States of controls", .doc = "At run time, of what a plan did.", WORDS(controls) },
};

const struct sla_glossary *sla_glossaries(size_t *out_count)
{
    *out_count = COUNT_OF(glossaries);
    return glossaries;
}

struct sla_gloss sla_gloss_at(const struct sla_glossary *glossary, size_t index)
{
    if (glossary->words != NULL) {
        return glossary->words[index];
    }
    const struct sla_act_type *act = sla_act_type((enum sla_act)index);
    return (struct sla_gloss){ .word = act->name, .doc = act->doc };
}
