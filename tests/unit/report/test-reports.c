/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What check, list and apply show of hosts as people have them, word for word: the files in
 * tests/unit/golden. They are written anew, to be looked over before they are kept, by
 *
 *     NICFIX_UPDATE_GOLDEN=1 meson test -C BUILD test-reports
 */
#include "report/apply-report.h"
#include "report/check-report.h"
#include "report/dot-report.h"
#include "report/list-report.h"

#include "model/error.h"
#include "model/plan/fixes.h"
#include "report/escape.h"

#include "golden.h"
#include "hosts.h"
#include "requests.h"

/* ---- reports ---- */

typedef enum {
    CHECK,
    LIST,
    DOT,
    APPLY, /* a dry run */
} ReportKind;

typedef struct {
    const char *name; /* of the golden file: with ".json" it is a document, else text */
    ReportKind kind;
    const char *host;    /* the snapshot */
    const char *request; /* of APPLY */
    guint width;         /* of the terminal, 0: as much as it takes */
} ReportCase;

static const ReportCase reports[] = {
    {"check-incident.txt", CHECK, "incident", NULL, 0},
    {"check-incident.json", CHECK, "incident", NULL, 0},
    {"check-incident-cured.txt", CHECK, "incident-cured", NULL, 0},
    {"check-incident-cured.json", CHECK, "incident-cured", NULL, 0},
    {"check-docker.txt", CHECK, "hosts/docker", NULL, 0},
    {"check-k3s-unbound.txt", CHECK, "hosts/k3s-unbound", NULL, 0},
    {"check-k3s-unbound.json", CHECK, "hosts/k3s-unbound", NULL, 0},
    {"check-not-root.txt", CHECK, "hosts/not-root", NULL, 0},
    {"check-not-root.json", CHECK, "hosts/not-root", NULL, 0},
    {"check-wireguard-gateway-without-policy.txt", CHECK, "hosts/wireguard-gateway-without-policy",
     NULL, 0},
    {"list-incident.txt", LIST, "incident", NULL, 0},
    {"list-incident-100.txt", LIST, "incident", NULL, 100},
    {"list-incident-60.txt", LIST, "incident", NULL, 60},
    {"list-incident-20.txt", LIST, "incident", NULL, 20},
    {"list-incident.json", LIST, "incident", NULL, 0},
    {"list-bond-vlan-trunk-100.txt", LIST, "hosts/bond-vlan-trunk", NULL, 100},
    {"list-calico-wildcard.txt", LIST, "hosts/calico-wildcard", NULL, 0},
    {"list-calico-wildcard.json", LIST, "hosts/calico-wildcard", NULL, 0},
    {"list-not-root.txt", LIST, "hosts/not-root", NULL, 0},
    {"list-vrf-management.txt", LIST, "hosts/vrf-management", NULL, 0},
    {"list-incident.dot", DOT, "incident", NULL, 0},
    {"list-incident-cured.dot", DOT, "incident-cured", NULL, 0},
    {"list-k3s-unbound.dot", DOT, "hosts/k3s-unbound", NULL, 0},
    {"list-docker.dot", DOT, "hosts/docker", NULL, 0},
    {"list-not-root.dot", DOT, "hosts/not-root", NULL, 0},
    {"apply-incident.txt", APPLY, "incident", "", 0},
    {"apply-incident.json", APPLY, "incident", "", 0},
    {"apply-incident-runtime-only.txt", APPLY, "incident", "--runtime-only", 0},
    {"apply-incident-cured.txt", APPLY, "incident-cured", "", 0},
    {"apply-incident-cured.json", APPLY, "incident-cured", "", 0},
    {"apply-k3s-unbound.txt", APPLY, "hosts/k3s-unbound", "", 0},
    {"apply-wireguard-gateway-move.txt", APPLY, "hosts/wireguard-gateway-without-policy",
     "--zone internal --interface ens3 --move", 0},
    {"apply-wireguard-gateway-move.json", APPLY, "hosts/wireguard-gateway-without-policy",
     "--zone internal --interface ens3 --move", 0},
    {"apply-incident-0.9.txt", APPLY, "hosts/incident-0.9", "--enable-forward", 0},
};

static char *render_check(const Snapshot *snapshot, const TextStyle *style)
{
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    fixes_suggest(snapshot, diagnosis, NULL);
    return style != NULL ? check_report_text(snapshot, diagnosis, NULL, style)
                         : document_text(check_report_json(snapshot, diagnosis, NULL));
}

static char *render_list(const Snapshot *snapshot, const TextStyle *style)
{
    g_autoptr(Topology) topology = topology_new(snapshot, NULL);
    return style != NULL ? list_report_text(snapshot, topology, style)
                         : document_text(list_report_json(snapshot, topology));
}

static char *render_dot(const Snapshot *snapshot)
{
    g_autoptr(Topology) topology = topology_new(snapshot, NULL);
    g_autoptr(CoverageMap) map = coverage_map_new(snapshot, topology);
    return dot_report(snapshot, topology, map);
}

static char *render_plan(const Plan *plan, const TextStyle *style)
{
    const ApplyOutcome outcome = {
        .dry_run = true,
        .changed = plan->actions->len > 0,
        .after = plan->after,
    };
    if (style == NULL)
        return document_text(apply_report_json(plan, &outcome, NULL));
    g_autofree char *shown = apply_report_plan_text(plan, style);
    g_autofree char *ended = apply_report_outcome_text(plan, &outcome, style);
    return g_strconcat(shown, ended, NULL);
}

static char *render_apply(const Snapshot *snapshot, const char *request, const TextStyle *style)
{
    g_auto(RequestWords) words = request_parse(request);
    g_autoptr(Plan) plan = plan_new(snapshot, &words.request, NULL);
    assert_non_null(plan);
    return render_plan(plan, style);
}

/* STYLE is NULL for a document (transfer full). */
static char *render(ReportKind kind, const Snapshot *snapshot, const char *request,
                    const TextStyle *style)
{
    switch (kind) {
    case CHECK:
        return render_check(snapshot, style);
    case LIST:
        return render_list(snapshot, style);
    case DOT:
        return render_dot(snapshot);
    case APPLY:
        break;
    }
    return render_apply(snapshot, request, style);
}

static void test_report(void **state)
{
    const ReportCase *test = *state;
    g_autoptr(Snapshot) snapshot = host_read(test->host);
    const TextStyle style = {.width = test->width};
    bool is_document = g_str_has_suffix(test->name, ".json");
    g_autofree char *text =
        render(test->kind, snapshot, test->request, is_document ? NULL : &style);
    compare_with_golden(test->name, text);
}

/* ---- pictures ---- */

/* Nothing that a name holds ends a string of Graphviz's, or begins an escape of its or a terminal's. */
static void test_dot_of_hostile_names(void **state)
{
    (void)state;
    g_autoptr(Snapshot) snapshot = sketch(
        "link 'a\"];evil[label=\"' physical addr 192.0.2.10/24\nlink 'b\\N\\' bridge addr "
        "10.0.0.1/24\n"
        "link '<b>c</b>' dummy\nlink 'e\033[31m' dummy\nzone 'z\"' interfaces eth0\nzone public\n");
    g_autofree char *text = render_dot(snapshot);
    assert_non_null(strstr(text, "[label=\"a\\\"];evil[label=\\\"\\n"));
    assert_non_null(strstr(text, "[label=\"b\\\\\\\\N\\\\\\\\\\n"));
    assert_non_null(strstr(text, "[label=\"<b>c</b>\\n"));
    assert_null(strchr(text, '\033'));
}

/* Links that look alike are one node from a certain number on. */
static void test_dot_of_many_links(void **state)
{
    (void)state;
    g_autoptr(GString) host = g_string_new("link eth0 physical addr 192.0.2.10/24\nzone public\n");
    for (int i = 0; i < 1000; i++)
        g_string_append_printf(host, "link cali%d veth\n", i);
    g_autoptr(Snapshot) snapshot = sketch(host->str);
    g_autofree char *text = render_dot(snapshot);
    assert_non_null(strstr(text, "and 996 more"));
    assert_true(strlen(text) < 4000);
}

/* ---- pictures ---- */

typedef struct {
    const char *name;
    const char *host; /* a sketch, but for the uplink and its downstream */
    const char *label;
} PictureCase;

static const PictureCase pictures[] = {
    {"a zone refuses", "firewalld 1.3.3 public\nzone public\n", "\"refused by public\""},
    {"a policy refuses what the zone would let pass",
     "firewalld 1.3.3 public\nzone public forward yes interfaces up\n"
     "policy lockdown ingress ANY egress ANY priority -1 target DROP\n",
     "\"refused by policy lockdown\""},
    {"panic mode refuses",
     "firewalld 1.3.3 public panic yes\nzone public forward yes interfaces up\n",
     "\"refused: panic mode\""},
    {"an entity is no entity", "firewalld 1.3.3 '&lt;'\nzone '&lt;'\n", "\"refused by &amp;lt;\""},
};

/* What decides is named, not only what filters. */
static void test_picture(void **state)
{
    const PictureCase *test = *state;
    g_autofree char *host = g_strconcat("link up physical addr 192.0.2.2/24\n"
                                        "route 0.0.0.0/0 dev up via 192.0.2.1\n"
                                        "link down bridge addr 10.1.0.1/16\n",
                                        test->host, NULL);
    g_autoptr(Snapshot) snapshot = sketch(host);
    g_autofree char *picture = render_dot(snapshot);
    if (strstr(picture, test->label) == NULL)
        fail_msg("%s is not in %s", test->label, picture);
}

/* ---- width and colour ---- */

static void assert_lines_fit(const char *text, guint width)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        if (escape_display_width(*line) > width)
            fail_msg("wider than %u: %s", width, *line);
    }
}

static void test_lists_fit_the_terminal(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = host_read("hosts/calico-wildcard");
    for (guint width = 1; width < 140; width++) {
        const TextStyle style = {.width = width};
        g_autofree char *text = render(LIST, snapshot, NULL, &style);
        assert_lines_fit(text, width);
    }
}

static char *without_colours(const char *text)
{
    g_autoptr(GRegex) colours = g_regex_new("\033\\[[0-9;]*m", 0, 0, NULL);
    return g_regex_replace_literal(colours, text, -1, 0, "", 0, NULL);
}

/* Colour adds nothing but colour, and every colour is closed on its line. */
static void test_colour_changes_no_word(void **state)
{
    const ReportCase *test = *state;
    if (g_str_has_suffix(test->name, ".json"))
        return;
    g_autoptr(Snapshot) snapshot = host_read(test->host);
    const TextStyle plain = {.width = test->width};
    const TextStyle colourful = {.width = test->width, .color = true};
    g_autofree char *expected = render(test->kind, snapshot, test->request, &plain);
    g_autofree char *coloured = render(test->kind, snapshot, test->request, &colourful);
    g_autofree char *text = without_colours(coloured);
    assert_string_equal(text, expected);
    g_auto(GStrv) lines = g_strsplit(coloured, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        const char *last = g_strrstr(*line, "\033[");
        assert_true(last == NULL || g_str_has_prefix(last, "\033[0m"));
    }
}

/* ---- names that want to do harm ---- */

/* Escape sequences, line ends, a byte order mark, text that runs the other way, and quotes. */
static const char *const hostile_names[] = {
    "e\033[2Jx",
    "e\r\nok: all fine",
    "\xe2\x80\xae"
    "0hte",
    "\xef\xbb\xbf"
    "eth0",
    "e\xc2\x9b"
    "31m",
    "\xe2\x80\xa8x",
    "$(reboot)",
    "'; reboot; '",
    "\\x1b",
    "\xf0\x9f\x94\xa5\xe8\x8f\x9c",
    "%s%n",
    "a-name-that-is-much-longer-than-any-that-the-kernel-would-take-but-a-file-may-well-have-it",
};

/* Whose place they take in the snapshots. */
typedef struct {
    const char *name;
    const char *host;
    const char *word;
    const char *request; /* of apply, with WORD's place left to the name */
} HostileCase;

static const HostileCase hostile[] = {
    {"uplink", "incident", "enp2s0", ""},
    {"downstream", "incident", "cni0", "--bind-downstream --move"},
    {"zone", "incident", "public", ""},
    {"host", "incident", "worker", ""},
    {"zone to move out of", "hosts/wireguard-gateway-without-policy", "external", "--move"},
    {"policy", "hosts/wireguard-gateway-policy", "vpn-out", ""},
    {"kind", "incident", "bridge", ""},
    {"what could not be read", "hosts/not-root", "settings of zone public", "--runtime-only"},
    {"source", "hosts/k3s-trusted-sources", "10.42.0.0/16", ""},
    {"profile", "laptop", "home", ""},
    {"binding of nothing", "hosts/k3s-uplink-bound", "flannel.1", ""},
};

static char *quoted(const char *text)
{
    json_auto_t *value = json_string(text);
    return json_dumps(value, JSON_ENCODE_ANY);
}

/* The snapshot in fixtures/FILE.json with NAME wherever WORD is. */
static Snapshot *hostile_host(const char *file, const char *word, const char *name)
{
    g_autofree char *base = g_strdup_printf("%s.json", file);
    g_autofree char *path = g_build_filename(g_getenv("FIXTURES"), base, NULL);
    g_autofree char *document = NULL;
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(path, &document, NULL, &error))
        g_error("%s", error->message);
    g_autofree char *old_word = quoted(word);
    g_autofree char *new_word = quoted(name);
    g_autoptr(GString) text = g_string_new(document);
    if (g_string_replace(text, old_word, new_word, 0) == 0)
        g_error("%s names no %s", file, word);
    Snapshot *snapshot = snapshot_from_json(text->str, text->len, file, &error);
    if (snapshot == NULL)
        g_error("%s", error->message);
    return snapshot;
}

static void assert_harmless(const char *text)
{
    assert_true(g_utf8_validate(text, -1, NULL));
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar character = g_utf8_get_char(p);
        if (character != '\n' && !g_unichar_isprint(character))
            fail_msg("U+%04X in %s", character, text);
    }
}

/* No line begins with what only a name could have brought there. */
static void assert_no_line_is_forged(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++)
        assert_false(g_str_has_prefix(*line, "ok: all fine"));
}

static void assert_document_is_sound(const char *text)
{
    json_auto_t *document = json_loads(text, 0, NULL);
    assert_non_null(document);
}

static void check_reports_of(const Snapshot *snapshot, const char *request)
{
    for (guint width = 0; width <= 80; width += 40) {
        const TextStyle style = {.width = width};
        for (ReportKind kind = CHECK; kind <= APPLY; kind++) {
            g_autofree char *text = render(kind, snapshot, request, &style);
            assert_harmless(text);
            assert_no_line_is_forged(text);
            if (kind == LIST && width > 0 && snapshot->unread->len == 0)
                assert_lines_fit(text, width);
            g_autofree char *document = render(kind, snapshot, request, NULL);
            assert_harmless(document);
            if (kind != DOT)
                assert_document_is_sound(document);
        }
    }
}

static void test_hostile_name(void **state)
{
    const HostileCase *test = *state;
    for (gsize i = 0; i < G_N_ELEMENTS(hostile_names); i++) {
        g_autoptr(Snapshot) snapshot = hostile_host(test->host, test->word, hostile_names[i]);
        check_reports_of(snapshot, test->request);
    }
}

/* A fix is pasted into a shell: there a name has to be one word, and that very name. */
static void test_a_fix_is_safe_to_paste(G_GNUC_UNUSED void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(hostile_names); i++) {
        g_autoptr(Snapshot) snapshot = hostile_host("incident", "enp2s0", hostile_names[i]);
        const TextStyle style = {.width = 0};
        g_autofree char *text = render(CHECK, snapshot, NULL, &style);
        g_autofree char *word = escape_for_shell(hostile_names[i]);
        g_autofree char *command =
            g_strdup_printf("nicfix apply --zone public --interface %s\n", word);
        assert_non_null(strstr(text, command));
    }
}

/* ---- how apply ends ---- */

typedef struct {
    const char *name;
    const char *host;
    ApplyOutcome outcome; /* but for "after", which is what was predicted */
    const char *text;
} OutcomeCase;

static const OutcomeCase outcomes[] = {
    {"nothing to change", "incident-cured", {.verified = true}, "nothing to change\n"},
    {"a dry run", "incident", {.dry_run = true, .changed = true}, "dry run: nothing was changed\n"},
    {"done", "incident", {.changed = true, .verified = true}, "done and verified\n"},
    {"failed: the error says it", "incident", {.rolled_back = true}, ""},
    {"something else is left",
     "hosts/k3s-unbound",
     {.changed = true, .verified = true},
     "done and verified (2 errors and 0 warnings are left: nicfix check)\n"},
};

static void test_outcome(void **state)
{
    const OutcomeCase *test = *state;
    g_autoptr(Snapshot) snapshot = host_read(test->host);
    const PlanRequest request = {.zone = NULL};
    g_autoptr(Plan) plan = plan_new(snapshot, &request, NULL);
    assert_non_null(plan);
    ApplyOutcome outcome = test->outcome;
    outcome.after = plan->after;
    const TextStyle style = {.width = 0};
    g_autofree char *text = apply_report_outcome_text(plan, &outcome, &style);
    assert_string_equal(text, test->text);
}

static void test_a_failure_is_in_the_document(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = host_read("incident");
    const PlanRequest request = {.zone = NULL};
    g_autoptr(Plan) plan = plan_new(snapshot, &request, NULL);
    Action *first = g_ptr_array_index(plan->actions, 0);
    Action *second = g_ptr_array_index(plan->actions, 1);
    first->state = ACTION_UNDONE;
    second->state = ACTION_FAILED;
    g_autoptr(GError) error = NULL;
    nicfix_error_set(&error, NICFIX_ERROR_UNDONE, "try again", "firewalld went away");
    const ApplyOutcome outcome = {.rolled_back = true};
    g_autofree char *text = document_text(apply_report_json(plan, &outcome, error));
    compare_with_golden("apply-incident-undone.json", text);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_dot_of_hostile_names),
        cmocka_unit_test(test_dot_of_many_links),
        cmocka_unit_test(test_lists_fit_the_terminal),
        cmocka_unit_test(test_a_fix_is_safe_to_paste),
        cmocka_unit_test(test_a_failure_is_in_the_document),
    };
    return RUN_CASES(test_report, reports) + RUN_CASES(test_picture, pictures) +
           RUN_CASES(test_colour_changes_no_word, reports) + RUN_CASES(test_hostile_name, hostile) +
           RUN_CASES(test_outcome, outcomes) + cmocka_run_group_tests(others, NULL, NULL);
}
