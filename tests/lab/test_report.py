# SPDX-License-Identifier: GPL-2.0-or-later
"""One report of many hosts: on the command line, in a browser, and from more documents than fit
into memory. No services are needed: the documents were written elsewhere."""
from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from labkit.program import Outcome

_SOURCE = Path(__file__).parents[2]
_FIXTURES = _SOURCE / "tests" / "unit" / "fixtures"
_SCHEMA = _SOURCE / "docs" / "schema" / "nicfix.report-1.schema.json"


def report(nicfix: Path, *args: str | Path, stdin: bytes = b"") -> Outcome:
    """Runs `nicfix report ARGS`."""
    command = [nicfix, "report", *args]
    return Outcome.of(subprocess.run(command, input=stdin, capture_output=True, check=False))


# ---- documents ----


def finding(severity: str, name: str = "stale-binding", interface: str = "eth7") -> dict[str, Any]:
    """A finding with evidence and a fix, as check has it."""
    return {
        "id": name,
        "severity": severity,
        "interface": interface,
        "zone": "public",
        "message": f"something is wrong with {interface}",
        "evidence": [f"what was read of {interface}"],
        "fix": {
            "command": ["nicfix", "apply", "--interface", interface],
            "firewall_cmd": [["firewall-cmd", f"--add-interface={interface}"]],
        },
    }


def link(index: int) -> dict[str, Any]:
    """A link as check has it."""
    return {
        "name": f"eth{index}",
        "index": index,
        "kind": "physical",
        "role": "other",
        "state": "up",
        "zone": "public",
        "bound_by": "catch-all",
    }


def check(
    *findings: dict[str, Any],
    version: str | None = "1.3.3",
    links: int = 1,
    taken_at: str | None = None,
) -> str:
    """The document of `nicfix check --json` on a host with FINDINGS."""
    document = {
        "schema": "nicfix.check/1",
        "host": None,
        "taken_at": taken_at,
        "nicfix": None,
        "interfaces": [],
        "pending": None,
        "after": None,
        "firewalld": {
            "version": version,
            "state": "RUNNING",
            "default_zone": "public",
            "panic": False,
        },
        "summary": {
            f"{severity}s": sum(one["severity"] == severity for one in findings)
            for severity in ("error", "warning", "info")
        },
        "links": [link(index) for index in range(1, links + 1)],
        "findings": list(findings),
        "unread": [],
    }
    return json.dumps(document)


def failure(message: str) -> str:
    """The document of a command that failed on a host."""
    error = {"code": "no-firewalld", "message": message, "hint": None}
    return json.dumps({"schema": "nicfix.error/1", "error": error})


def write_fleet(folder: Path, documents: dict[str, str]) -> Path:
    """FOLDER with a file HOST.json for each of DOCUMENTS."""
    folder.mkdir()
    for host, text in documents.items():
        (folder / f"{host}.json").write_text(text)
    return folder


FLEET = {
    "web1": check(version="1.3.3"),
    "web2": check(finding("warning"), finding("info", "verdict-unknown"), version="0.9.11"),
    "web10": check(finding("error", "uplink-unbound", "enp2s0"), finding("warning")),
    "db1": failure("nobody owns org.fedoraproject.FirewallD1 on the bus"),
    "db2": check(
        finding("error", "forward-blocked", "cni0"),
        finding("error", "forward-blocked", "cni1"),
        version="2.4.4",
    ),
}
WORST_FIRST = ["db2", "web10", "db1", "web2", "web1"]


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    """A directory of documents: two bad hosts, one with a warning, one fine and one that failed."""
    return write_fleet(tmp_path / "fleet", FLEET)


# ---- the command line ----


def test_the_report_keeps_to_its_schema(nicfix: Path, fleet: Path) -> None:
    snapshot = _FIXTURES / "incident.json"
    (fleet / "garbage.json").write_text("all fine\n")
    outcome = report(nicfix, fleet, snapshot, _FIXTURES / "fleet", "--format", "json")
    assert outcome.code == 1, outcome
    document = outcome.json
    jsonschema.Draft202012Validator(json.loads(_SCHEMA.read_text())).validate(document)
    assert next(iter(document)) == "schema"
    assert document["summary"]["documents"] == len(document["hosts"])
    assert report(nicfix, fleet, snapshot, _FIXTURES / "fleet", "--json").json == document


def test_the_worst_host_comes_first(nicfix: Path, fleet: Path) -> None:
    document = report(nicfix, fleet, "--json").json
    assert [one["host"] for one in document["hosts"]] == WORST_FIRST
    assert document["summary"] == {
        "hosts": 5,
        "hosts_with_errors": 2,
        "hosts_with_warnings": 1,
        "documents": 5,
        "unreadable": 1,
        "errors": 3,
        "warnings": 2,
        "infos": 1,
    }
    text = report(nicfix, fleet).stdout.splitlines()
    assert [line.split()[0] for line in text[1:6]] == WORST_FIRST


def test_a_snapshot_has_what_check_finds_in_it(nicfix: Path) -> None:
    snapshot = _FIXTURES / "incident.json"
    command = [nicfix, "check", "--json", "--snapshot", snapshot]
    done = subprocess.run(command, capture_output=True, check=False)
    checked = Outcome.of(done)
    (host,) = report(nicfix, snapshot, "--json").json["hosts"]
    assert host["host"] == "worker"
    found = [{k: v for k, v in one.items() if k != "need"} for one in checked.json["findings"]]
    assert host["findings"] == found != []
    (piped,) = report(nicfix, "-", "--json", stdin=snapshot.read_bytes()).json["hosts"]
    assert piped == host | {"source": "standard input"}
    (again,) = report(nicfix, "-", "--json", stdin=done.stdout).json["hosts"]
    assert again["findings"] == host["findings"]


def test_what_is_no_document_is_named_and_the_rest_is_reported(nicfix: Path, fleet: Path) -> None:
    (fleet / "cut.json").write_text(FLEET["web10"][:-7])
    (fleet / "empty.json").write_text("")
    (fleet / "other.json").write_text('{"schema": "nicfix.list/1"}')
    (fleet / "notes.txt").write_text("not asked for")
    outcome = report(nicfix, fleet, fleet / "gone.json", "--json")
    unreadable = {
        one["host"]: one["error"] for one in outcome.json["hosts"] if one["document"] is None
    }
    assert sorted(unreadable) == ["cut", "empty", "gone", "other"]
    named = sorted(f"nicfix: {one}" for one in unreadable.values())
    assert sorted(outcome.stderr.splitlines()) == named
    for host, error in unreadable.items():
        assert f"/{host}.json: " in error
    assert outcome.code == 1
    assert [one["host"] for one in outcome.json["hosts"] if one["document"]] == WORST_FIRST


def test_the_exit_status_says_whether_a_host_has_findings(nicfix: Path, tmp_path: Path) -> None:
    for name, text, plain, errors_only in (
        ("fine", check(), 0, 0),
        ("noted", check(finding("info")), 0, 0),
        ("warned", check(finding("warning")), 1, 0),
        ("wrong", check(finding("error")), 1, 1),
        ("failed", failure("no bus"), 2, 2),
        ("garbage", "?", 2, 2),
    ):
        folder = write_fleet(tmp_path / name, {"host": text})
        for form in ("text", "json", "html"):
            assert report(nicfix, folder, "--format", form).code == plain
        assert report(nicfix, folder, "--fail-on", "error", "--quiet").code == errors_only
        both = report(nicfix, folder, tmp_path / "fine")
        assert both.code == (0 if plain == 2 else plain), both


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["--format", "pdf", "x.json"],
        ["--json", "--format", "html", "x.json"],
        ["--fail-on", "info", "x.json"],
        ["--snapshot", "x.json"],
        ["--snapshot", "x.json", "y.json"],
    ],
)
def test_wrong_usage(nicfix: Path, args: list[str]) -> None:
    outcome = report(nicfix, *args)
    assert outcome.code == 2
    assert outcome.stderr.startswith("nicfix: ") and outcome.stderr.count("\n") == 1
    if "--json" not in args:
        assert outcome.stdout == ""


def test_a_directory_without_documents_is_told_of(nicfix: Path, tmp_path: Path) -> None:
    outcome = report(nicfix, tmp_path)
    assert outcome.code == 2
    assert "empty (no *.json files in this directory)" in outcome.stderr


# ---- many documents ----

# A small process of its own: what the tests themselves use would hide what nicfix uses.
_MEASURE = """
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
# The address sanitizer, if nicfix is built with it, must not keep freed memory.
_KEEP_NOTHING = "quarantine_size_mb=0:thread_local_quarantine_size_kb=0"


def linked_fleet(folder: Path, text: str, count: int) -> Path:
    """FOLDER with COUNT documents that take the room of one."""
    write_fleet(folder, {"host0": text})
    for index in range(1, count):
        os.link(folder / "host0.json", folder / f"host{index}.json")
    return folder


def peak_kib(nicfix: Path, folder: Path, form: str = "text") -> int:
    """The peak memory of a report of FOLDER."""
    command = [sys.executable, "-S", "-c", _MEASURE, nicfix, "report", "--format", form, folder]
    environment = os.environ | {"ASAN_OPTIONS": _KEEP_NOTHING}
    done = subprocess.run(command, capture_output=True, check=True, env=environment)
    status, peak = done.stdout.split()
    assert int(status) == 1, done
    return int(peak)


@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_documents_are_read_as_a_stream(nicfix: Path, tmp_path: Path, form: str) -> None:
    """1,000 more documents take only a little more memory, although each has much to tell."""
    text = check(*(finding("error", interface=f"eth{i}") for i in range(30)))
    few = peak_kib(nicfix, linked_fleet(tmp_path / "few", text, 200), form)
    many = peak_kib(nicfix, linked_fleet(tmp_path / "many", text, 1_200), form)
    kept = (many - few) * 1024 / 1_000
    print(f"{len(text)} bytes a document; peak {few} and {many} KiB: {kept:.0f} bytes a host kept")
    assert len(text) > 8_000
    assert kept < 3_000


def test_memory_does_not_grow_with_what_is_in_a_document(nicfix: Path, tmp_path: Path) -> None:
    small = peak_kib(
        nicfix, linked_fleet(tmp_path / "small", check(finding("error"), links=10), 500)
    )
    large_text = check(finding("error"), links=400)
    large = peak_kib(nicfix, linked_fleet(tmp_path / "large", large_text, 500))
    print(f"peak {small} KiB, of documents 40 times as large {large} KiB")
    assert (large - small) * 1024 < 500 * len(large_text) / 4


# ---- the page ----


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    """A real browser without a window."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,900"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = Service(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    yield driver
    driver.quit()


class Page:
    """A report in the browser."""

    def __init__(self, browser: webdriver.Chrome, nicfix: Path, *documents: Path) -> None:
        self.browser = browser
        page = documents[0].parent / "page.html"
        page.write_bytes(report(nicfix, *documents, "--format", "html").raw_stdout)
        browser.get(page.as_uri())

    def all(self, selector: str) -> list[WebElement]:
        """The elements that SELECTOR names."""
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> WebElement:
        """The one element that SELECTOR names; raises where there is not exactly one."""
        (element,) = self.all(selector)
        return element

    def hosts(self) -> list[str]:
        """The hosts that are shown, in their order."""
        return [one.text for one in self.all("#hosts tbody th > bdi") if one.is_displayed()]

    def press(self, name: str, where: str = "#tools") -> None:
        """Presses the button NAME."""
        (button,) = [one for one in self.all(f"{where} button") if one.text == name]
        button.click()

    def sort(self, column: str) -> None:
        """Presses the heading of COLUMN."""
        self.press(column, "#hosts thead")

    def filter(self, text: str) -> None:
        """Replaces the text of the filter with TEXT."""
        field = self.one("#filter")
        field.clear()
        field.send_keys(text)

    def sorts(self) -> dict[str, str]:
        """The order according to the headings of the hosts."""
        return {
            one.text: one.get_attribute("aria-sort")
            for one in self.all("#hosts thead th")
            if one.get_attribute("aria-sort")
        }

    def assert_quiet(self) -> None:
        """No errors, and nothing was fetched."""
        assert self.browser.get_log("browser") == []
        assert self.browser.execute_script("return performance.getEntriesByType('resource')") == []


@pytest.fixture
def page(browser: webdriver.Chrome, nicfix: Path, fleet: Path) -> Iterator[Page]:
    """The page of the fleet."""
    shown = Page(browser, nicfix, fleet)
    yield shown
    shown.assert_quiet()


def test_the_page_shows_the_worst_host_first(page: Page) -> None:
    assert page.hosts() == WORST_FIRST
    assert page.sorts() == {"Findings": "descending"}
    assert [one.text for one in page.all(".tiles dd")] == ["5", "2", "1", "1", "0"]
    assert [one.text for one in page.all("#findings tbody tr")] == [
        "uplink-unbound error 1",
        "forward-blocked error 1",
        "stale-binding warning 2",
        "verdict-unknown note 1",
    ]
    assert "nobody owns org.fedoraproject.FirewallD1" in page.one("#hosts").text


@pytest.mark.parametrize(
    ("column", "direction", "first", "then"),
    [
        ("Host", "ascending", "db1 db2 web1 web2 web10", "web10 web2 web1 db2 db1"),
        ("Errors", "descending", "db2 web10 web2 web1 db1", "web2 web1 web10 db2 db1"),
        ("Notes", "descending", "web2 db2 web10 web1 db1", "db2 web10 web1 web2 db1"),
        ("firewalld", "ascending", "web2 web10 web1 db2 db1", "db2 web10 web1 web2 db1"),
    ],
)
def test_a_heading_sorts(page: Page, column: str, direction: str, first: str, then: str) -> None:
    page.sort(column)
    assert page.hosts() == first.split()
    assert page.sorts() == {column: direction}
    page.sort(column)
    assert page.hosts() == then.split()
    assert page.sorts()[column] != direction
    page.sort("Findings")
    assert page.hosts() == WORST_FIRST


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("web1", ["web10", "web1"]),
        ("WEB10", ["web10"]),
        ("uplink-unbound", ["web10"]),
        ("stale web2", ["web2"]),
        ("what was read of cni1", ["db2"]),
        ("0.9.11", ["web2"]),
        ("no such thing", []),
        ("  ", WORST_FIRST),
    ],
)
def test_the_filter_looks_for_words(page: Page, text: str, hosts: list[str]) -> None:
    page.filter(text)
    assert page.hosts() == hosts
    shown = "" if hosts == WORST_FIRST else f"{len(hosts)} of 5 documents shown"
    assert page.one("#shown").text == shown


def test_buttons_choose_a_severity(page: Page) -> None:
    for name, hosts in (
        ("Errors (2)", ["db2", "web10"]),
        ("Warnings (2)", ["web10", "web2"]),
        ("Notes (1)", ["web2"]),
        ("Not read (1)", ["db1"]),
        ("All (5)", WORST_FIRST),
    ):
        page.press(name)
        assert page.hosts() == hosts
        pressed = [one.text for one in page.all("[aria-pressed=true]")]
        assert pressed == [name]
    page.press("Warnings (2)")
    page.filter("web2")
    assert page.hosts() == ["web2"]


def test_a_finding_of_the_table_chooses_its_documents(page: Page) -> None:
    page.press("Errors (2)")
    page.press("stale-binding", "#findings")
    assert page.hosts() == ["web10", "web2"]
    assert [one.text for one in page.all("[aria-pressed=true]")] == ["All (5)"]


def test_documents_that_say_the_same_are_one_row(
    browser: webdriver.Chrome, nicfix: Path, tmp_path: Path
) -> None:
    """Each keeps its name and its age, and is found and counted."""
    now = datetime.now(timezone.utc)
    documents = {"other": check(finding("warning"))}
    for number, hours in ((1, 1), (2, 2), (3, 50)):
        taken = (now - timedelta(hours=hours, minutes=1)).isoformat(timespec="seconds")
        documents[f"worker{number}.example.com"] = check(finding("error"), taken_at=taken)
    page = Page(browser, nicfix, write_fleet(tmp_path / "fleet", documents))
    assert page.hosts() == ["worker1.example.com", "other"]
    assert page.one("#hosts details.alike summary").text == "and 2 alike"
    page.one("#hosts details.alike summary").click()
    alike = [one.text for one in page.all("#hosts details.alike li")]
    assert [name.split()[0] for name in alike] == ["worker2.example.com", "worker3.example.com"]
    assert [one.text for one in page.all("#hosts .age")] == ["1 h old", "2 h old", "2 d old"]
    assert [one.text for one in page.all("#hosts .old")] == ["2 d old"]
    page.filter("worker3")
    assert page.hosts() == ["worker1.example.com"]
    assert page.one("#shown").text == "3 of 4 documents shown"
    page.press("Errors (3)")
    page.assert_quiet()


def test_a_finding_opens(page: Page) -> None:
    page.filter("web10")
    details = page.all("#hosts tr:not([hidden]) details")
    evidence, command = "what was read of enp2s0", "nicfix apply --interface enp2s0"
    assert evidence not in page.one("#hosts").text
    details[0].find_element(By.TAG_NAME, "summary").click()
    assert evidence in details[0].text
    assert command in [one.text for one in details[0].find_elements(By.TAG_NAME, "code")]
    page.press("Expand all")
    assert all(one.get_attribute("open") for one in details)
    page.press("Collapse all")
    assert not any(one.get_attribute("open") for one in page.all("details"))


def test_the_keyboard_is_enough(page: Page) -> None:
    """Everything that can be clicked can be reached, has a name and is a button, a field or a
    summary."""
    script = """return Array.from(document.querySelectorAll('button, input, summary'),
        (one) => [one.tagName, one.tabIndex, one.innerText || one.labels[0].innerText])"""
    elements = page.browser.execute_script(script)
    assert all(index == 0 and name for _, index, name in elements)
    assert {tag for tag, _, _ in elements} == {"BUTTON", "INPUT", "SUMMARY"}
    assert all(one.get_attribute("scope") in ("col", "row") for one in page.all("th"))
    assert len(page.all("h1")) == 1


def colours(page: Page, selector: str) -> tuple[list[int], list[int]]:
    """The colours of the text of SELECTOR and of what is behind it."""
    script = """
        const rgba = (text) => text.match(/[\\d.]+/g).map(Number);
        let element = document.querySelector(arguments[0]);
        const text = rgba(getComputedStyle(element).color);
        for (; element; element = element.parentElement) {
            const behind = rgba(getComputedStyle(element).backgroundColor);
            if (behind.length === 3) return [text, behind];
        }
        return [text, [255, 255, 255]];"""
    text, behind = page.browser.execute_script(script, selector)
    return text, behind


def luminance(colour: list[int]) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [one / 255 for one in colour[:3]]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_colour_schemes_can_be_read(page: Page, scheme: str) -> None:
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    _, background = colours(page, "body")
    assert (luminance(background) > 0.5) == (scheme == "light")
    for selector in (
        "body",
        "small",
        "thead th",
        "td.count",
        "td.count.error",
        "td.count.warning",
        ".error .severity",
        ".warning .severity",
        ".info .severity",
        ".failure",
        ".tiles .unread dd",
        "[aria-pressed=true]",
        "[aria-pressed=false]",
    ):
        light, dark = sorted(map(luminance, colours(page, selector)), reverse=True)
        contrast = (light + 0.05) / (dark + 0.05)
        assert contrast >= 4.5, f"{selector}: {contrast:.1f}"
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


@pytest.mark.parametrize("width", [360, 820, 1000, 1600])
def test_the_page_fits_its_window(page: Page, width: int) -> None:
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    page.press("Expand all")
    inner = page.browser.execute_script("return document.documentElement.scrollWidth")
    page.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert inner <= width


def test_the_page_is_whole_without_its_script(
    browser: webdriver.Chrome, nicfix: Path, fleet: Path
) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        page = Page(browser, nicfix, fleet)
        assert page.hosts() == WORST_FIRST
        assert not page.one("#tools").is_displayed()
        assert page.all("thead button") == []
        page.all("summary")[0].click()
        assert "what was read of cni0" in page.one("#hosts").text
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


# ---- hostile names ----

_OWN = "document.title='owned'"

# Names that are shown as they are, and those in which something is made visible.
HOSTILE = {
    name: name
    for name in (
        f"<script>{_OWN}</script>",
        f'<img src=x onerror="{_OWN}">',
        f'" onmouseover="{_OWN}',
        "</details></td></tr></table>",
        "<!--",
        "&lt;b&gt;",
        "{{hosts}}",
        "\u05e9\u05e8\u05ea",
    )
} | {
    "\u202e1bew": "\\u202e1bew",
    "\u2066web\u2069": "\\u2066web\\u2069",
    "e\u001b[31m\rx": "e\\x1b[31m\\x0dx",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text(
    browser: webdriver.Chrome, nicfix: Path, tmp_path: Path, name: str
) -> None:
    """As the name of a host, of its interface and of everything derived from it."""
    folder = write_fleet(tmp_path / "fleet", {"web1": check(finding("error"))})
    snapshot = (_FIXTURES / "incident.json").read_text()
    snapshot = snapshot.replace('"enp2s0"', json.dumps(name)).replace('"worker"', json.dumps(name))
    (folder / "hostile.json").write_text(snapshot)
    (folder / "failed.json").write_text(failure(f"failed of {name}"))
    page = Page(browser, nicfix, folder)
    shown = HOSTILE[name]
    assert sorted(page.hosts()) == sorted([shown, "failed", "web1"])
    page.press("Expand all")
    assert f"{shown} is in no zone" in page.one("#hosts").text
    assert page.one(".failure").text == f"failed of {shown}"
    assert browser.title.startswith("nicfix report: 3 hosts")
    assert len(page.all("#hosts tbody tr")) == 3
    assert len(page.all("script")) == 1 and page.all("img, b i, [onmouseover]") == []
    page.assert_quiet()


def test_the_policy_stops_other_scripts(page: Page) -> None:
    """Even if a name were not escaped, its script would not run."""
    page.browser.execute_script(
        """const one = document.createElement('script');
        one.textContent = "document.title = 'owned'";
        document.body.append(one);
        document.body.insertAdjacentHTML('beforeend', '<img src="https://192.0.2.1/x">');"""
    )
    assert page.browser.title.startswith("nicfix report: ")
    messages = [one["message"] for one in page.browser.get_log("browser")]
    assert len(messages) == 2 and all("Content Security Policy" in one for one in messages)
    page.browser.refresh()
