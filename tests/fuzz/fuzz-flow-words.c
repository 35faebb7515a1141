/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines that people write: flows in words, lines of a log, JSON objects, expectations, rich rules, ports and
 * times. Whatever they hold, they are refused with an error or mean something. */
#include "model/error.h"
#include "model/host/rich-rule.h"
#include "model/needs/expectation.h"
#include "observe/expectation-file.h"
#include "observe/flow-question.h"
#include "observe/log/log-time.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static Snapshot *host(void)
{
    Snapshot *snapshot = snapshot_new();
    static const char *const names[] = {"lo", "cni0", "enp2s0"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        Link *link = link_new();
        link->index = (int)i + 1;
        link->name = g_strdup(names[i]);
        snapshot_add_link(snapshot, link);
    }
    return snapshot;
}

static void resolve(bool is_read, const FlowQuestion *question, const Snapshot *snapshot,
                    const GError *refusal)
{
    g_assert(is_read == (refusal == NULL));
    if (!is_read)
        return;
    g_autoptr(GError) error = NULL;
    g_auto(ResolvedFlow) resolved = {0};
    bool is_resolved = flow_question_resolve(question, snapshot, NULL, &resolved, &error);
    g_assert(is_resolved == (error == NULL));
}

static void ask_in_words(const char *line, const Snapshot *snapshot)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) words = g_strsplit(line, " ", 64);
    g_auto(FlowQuestion) question = flow_question_new();
    resolve(flow_question_from_words(words, &question, &error), &question, snapshot, error);
}

static void ask_in_json(const char *line, const Snapshot *snapshot)
{
    g_autoptr(GError) error = NULL;
    g_auto(FlowQuestion) question = flow_question_new();
    resolve(flow_question_from_json(line, &question, &error), &question, snapshot, error);
}

static void ask_by_log(const char *line, const Snapshot *snapshot)
{
    g_autoptr(GError) error = NULL;
    g_auto(FlowQuestion) question = flow_question_new();
    resolve(flow_question_from_log(line, &question, &error), &question, snapshot, error);
}

static void expect(const char *text, const Snapshot *snapshot)
{
    int fd = memfd_create("expectations", MFD_CLOEXEC);
    g_assert(write(fd, text, strlen(text)) == (gssize)strlen(text));
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
    g_autoptr(GPtrArray) expectations =
        g_ptr_array_new_with_free_func((GDestroyNotify)expectation_free);
    g_autoptr(GError) error = NULL;
    bool is_read = expectation_file_read(path, snapshot, NULL, expectations, &error);
    close(fd);
    g_assert(is_read == (error == NULL));
}

/* Takes TEXT, which may be NULL. */
static void check_text(char *text)
{
    g_assert(text == NULL || g_utf8_validate(text, -1, NULL));
    g_free(text);
}

static void read_rule(const char *text)
{
    g_autoptr(RichRule) rule = rich_rule_parse(text);
    g_assert(g_str_equal(rule->text, text));
    g_autoptr(PortRange) range = port_range_parse(text, "tcp");
    check_text(range != NULL ? port_range_text(range) : NULL);
    g_autoptr(ForwardPort) forward = forward_port_new("80", "tcp", text, text);
    check_text(forward != NULL ? forward_port_text(forward) : NULL);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    const gint64 now = 1775547919 * (gint64)G_USEC_PER_SEC;
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(Snapshot) snapshot = host();
    g_auto(LogClock) clock = {0};
    g_auto(LogTime) time = {0};
    log_clock_start(&clock, now);
    log_time_find((const char *)data, size, &clock, &time);
    expect(text, snapshot);
    if (!g_utf8_validate(text, -1, NULL))
        return 0;
    ask_in_words(text, snapshot);
    ask_in_json(text, snapshot);
    ask_by_log(text, snapshot);
    read_rule(text);
    (void)log_time_parse_since(text, now, NULL);
    return 0;
}
