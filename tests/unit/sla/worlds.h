/* tests/unit/sla/worlds.h - small worlds from texts, for the tests of sla/. */
#ifndef REDAN_TESTS_UNIT_SLA_WORLDS_H
#define REDAN_TESTS_UNIT_SLA_WORLDS_H

#include "sla/sla.h"
#include "tests/suite.h"

struct bench {
    struct arena arena;
    struct diag_list diags;
    struct diag_source sources[16];
    size_t count;
    struct sla_options options;
    const struct sla_world *world;
};

void bench_start(struct bench *bench);
void bench_end(struct bench *bench);
/* Forgets sources, findings and world; keeps the memory. */
void bench_clear(struct bench *bench);
/* Adds a source named f1.yaml, f2.yaml ... or by name. */
void bench_add(struct bench *bench, struct slice text);
void bench_add_file(struct bench *bench, const char *path);
void bench_compile(struct bench *bench);
/* This source alone, as part of a world that may have more. */
void bench_compile_part(struct bench *bench, struct slice text);

/* Findings as "CODE LINE:COL; CODE LINE:COL", in order; without RDN0402, which every offer has that
 * is of use in a world without agreements. */
struct slice bench_findings(struct bench *bench);
/* Names that resemble others (RDN0906) as "LINE NAME OTHER; LINE NAME OTHER": warnings, each with a
 * fix that is only possible. */
struct slice bench_resembling(struct bench *bench);
bool bench_has(const struct bench *bench, unsigned code);
/* The first finding of the code; NULL: there is none. */
const struct diag *bench_find(const struct bench *bench, unsigned code);

/* Documents around the part that matters; `NAME` is both document and party. */
struct slice text_sla(struct bench *bench, const char *name, const char *spec);
struct slice text_offer(struct bench *bench, const char *name, const char *spec);
struct slice text_ucloud(struct bench *bench, const char *name, const char *party,
                         const char *resources);

/* Every conflict has a valid certificate and a known shape. */
void check_certificates(const struct sla_world *world);
/* Every offered repair makes its conflict go away and adds none. */
void check_repairs(struct bench *bench);

#endif
