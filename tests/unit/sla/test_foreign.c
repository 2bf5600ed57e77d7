/* Files of other tools. */
#include "sla/read/foreign.h"

#include "tests/suite.h"

static const struct {
    const char *text, *what; /* NULL: it may be ours */
    uint32_t line;
    const char *shown;
} rows[] = {
    { "apiVersion: apps/v1\nkind: Deployment\n", "a Kubernetes manifest", 1,
      "apiVersion: apps/v1" },
    { "kind: Service\napiVersion: v1\n", NULL, 0, NULL }, /* told by its version */
    { "apiVersion: v1\r\nkind: Pod\r\n", "a Kubernetes manifest", 1, "apiVersion: v1" },
    { "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Values.name }}\n",
      "a Kubernetes manifest", 1, "apiVersion: apps/v1" },
    { "apiVersion: v1\nkind: SecuritySLA\n", NULL, 0, NULL },
    { "apiVersion: redan/v2\nkind: Deployment\n", NULL, 0, NULL },
    { "apiVersion: \"redan/v1\"\nkind: \"SecuritySLA\"\n", NULL, 0, NULL },
    { "apiVersion: 'redan/v1' # ours\nkind: 'UCloud'\n", NULL, 0, NULL },
    { "apiVersion: \"redan/v1\"\nkind: SecuritySLa\n", NULL, 0, NULL },
    { "apiVersion: sla/v1\nkind: SecuritySLA # ours\n", NULL, 0, NULL },
    { "{\n\"apiVersion\": \"redan/v1\",\n\"kind\": \"UCloud\",\n\"spec\": {}\n}\n", NULL, 0, NULL },
    { "{\n\"apiVersion\": \"v1\",\n\"kind\": \"Pod\"\n}\n", "a Kubernetes manifest", 2,
      "\"apiVersion\": \"v1\"," },
    { "'apiVersion': redan/v1\n'kind': UCloud\nservices: []\n", NULL, 0, NULL },
    { "apiVersion : redan/v1\nkind : UCloud\nservices: []\n", NULL, 0, NULL },
    { "# chart\n---\napiVersion: apps/v1\nkind: Deployment\n", "a Kubernetes manifest", 3,
      "apiVersion: apps/v1" },
    { "version: \"3\"\nservices:\n  web: {}\n", "a Compose file", 2, "services" },
    { "spec:\n  resources: []\nservices:\n  - {}\n", NULL, 0, NULL },
    { "services: []\nkind: UCloud\n", NULL, 0, NULL },
    { "openapi: 3.1.0\n", "a description of an interface (OpenAPI)", 1, "openapi" },
    { "# a\n\nResources:\n  B: !Ref X\n", "a CloudFormation template", 3, "Resources" },
    { "terraform {\n}\n", "a Terraform file", 1, "terraform {" },
    { "# a\nresource \"x\" \"y\" {\n", "a Terraform file", 2, "resource \"" },
    { "{\n  \"resource\": {}\n}\n", "a Terraform file", 2, "\"resource\"" },
    { "{\n  \"kind\": \"UCloud\",\n  \"services\": []\n}\n", NULL, 0, NULL },
    { "- hosts: all\n", "an Ansible playbook", 1, "- hosts:" },
    { "<?xml version=\"1.0\"?>\n", "XML or HTML", 1, "<" },
    { "%PDF-1.7\n", "a PDF file", 1, "%PDF-" },
    { "PK\x03\x04x", "a file of a word processor or spreadsheet, or an archive", 1, "PK\x03\x04" },
    { "[sla]\nname = lab\n", "a file of settings", 1, "[sla]" },
    { "[a, b]\n", NULL, 0, NULL },
    { "Dear provider,\n\nkeep: it\n", "plain text", 1, "Dear provider," },
    { "apiVersion redan/v1\nkind: UCloud\n", NULL, 0, NULL },
    { "- a b\n", NULL, 0, NULL },
    { "targets:\n  - {id: a}\n", NULL, 0, NULL },
    { "# only\n", NULL, 0, NULL },
    { "\n", NULL, 0, NULL },
    { "", NULL, 0, NULL },
};

static void files_of_other_tools_are_known(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct slice text = slice_from(rows[i].text);
        struct sla_foreign seen = { 0 };
        bool found = sla_foreign_look(text, &seen);
        if (found != (rows[i].what != NULL)) {
            printf("%s: %s\n", rows[i].text, found ? seen.what : "-");
        }
        CU_ASSERT_EQUAL(found, rows[i].what != NULL);
        if (found && rows[i].what != NULL) {
            CU_ASSERT_STRING_EQUAL(seen.what, rows[i].what);
            CU_ASSERT_EQUAL(seen.line, rows[i].line);
            CU_ASSERT_TRUE(slice_is(slice_sub(text, seen.byte, seen.byte_end), rows[i].shown));
        }
    }
}

static CU_TestInfo tests[] = {
    { "files of other tools are known", files_of_other_tools_are_known },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla foreign", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
