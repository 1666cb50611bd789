"""Each check on a document that is wrong in one way: it must say so, and must not complain about what is
right."""

from pathlib import Path

import examples
import pytest
import settings
import tree
from markdown import read
from names import CHECKS

NOWHERE = Path("docs/sample.md")


def complaints(check: str, text: str) -> list[str]:
    return list(CHECKS[check](read(NOWHERE, text)))


WRONG = [
    ("links", "See [it](missing.md).", "missing.md: no such file"),
    ("links", "See [it](../LICENSE) and ![shot](shots/one.png).", "shots/one.png: no such file"),
    ("links", "# Here\n[there](#there)", "#there: no such heading"),
    ("links", "[one]: ../nothing.yaml", "../nothing.yaml: no such file"),
    ("make", "Run `make tset`.", "`make tset`"),
    ("make", "```sh\nPORT=1 true; make PORT=1 test bild\n```", "`make bild`"),
    ("paths", "As in `scripts/smoke.sh`.", "`scripts/smoke.sh`"),
    ("paths", "As in `nothing.yaml`.", "`nothing.yaml`"),
    ("paths", "```sh\nhelm lint helm_charts/counter\n```", "helm_charts/counter"),
    ("paths", "```console\n$ cat \\\n  infra/k8s/gp2.yaml\nshown: docs/none.md\n```", "infra/k8s/gp2.yaml"),
    ("variables", "Set `COUNTER_FIEL`.", "COUNTER_FIEL"),
    ("variables", "```sh\ncurl $ADRESS\n```", "ADRESS"),
    ("flags", "`counter-server --counter-fiel x`", "--counter-fiel"),
    ("flags", "```sh\n.build/release/counter-server --prot 80\n```", "--prot"),
    ("flags", "Give it `--drain-dealy`.", "--drain-dealy"),
]
RIGHT = [
    (
        "links",
        "# One `two` three!\n[a](#one-two-three) [b](https://example.org) [c](runbook.md) [d](../README.md)",
    ),
    ("links", "# Twice\n# Twice\n[second](#twice-1)"),
    ("links", "`[not](a-link.md)` and\n```sh\n[neither](this.md)\n```"),
    ("make", "`make test`, and make sure; `cmake nothing`"),
    ("paths", "`docs/runbook.md`, `text/plain`, `/data/counter.json`, `.build/release/counter-server`"),
    ("paths", "`docs/*.md`, `infra/k8s/`, `counter.json`, `values.yaml`"),
    ("paths", "```console\n$ true\nprinted: docs/none.md\n```"),
    ("variables", "`COUNTER_FILE`, `METRICS_PORT=0`, `O_CLOEXEC`"),
    ("variables", "```sh\nMY_OWN=1\necho $MY_OWN; for each in 1 2; do echo $each; done\n```"),
    ("flags", "`counter-server --counter-file x | grep --colour y` and `helm upgrade --install`"),
    ("flags", "Give it `--drain-delay`."),
]


@pytest.mark.parametrize("check,text,complaint", WRONG)
def test_a_check_finds_what_is_wrong(check: str, text: str, complaint: str) -> None:
    found = complaints(check, text)
    assert len(found) == 1 and complaint in found[0], found


@pytest.mark.parametrize("check,text", RIGHT)
def test_a_check_accepts_what_is_right(check: str, text: str) -> None:
    assert complaints(check, text) == []


def run(text: str) -> list[str]:
    return list(examples.problems(read(NOWHERE, text)))


def console(*lines: str) -> str:
    return "\n".join(["```console", *lines, "```"])


@pytest.mark.parametrize(
    "lines",
    [
        ["$ curl -s -X POST localhost:8080/", '{"counter":2}'],
        ["$ curl -s localhost:8080/"],
        ["$ curl -s localhost:8080/", '{"counter":0}', "and more"],
        ["$ curl -s localhost:8080/healthz", '{"status":"…down"}'],
        ["$ curl -s localhost:8081/unserved || true; curl -s localhost:8080/", "nothing"],
    ],
)
def test_an_example_that_shows_something_else_is_found(lines: list[str]) -> None:
    found = run(console(*lines))
    assert len(found) == 1 and lines[0].removeprefix("$ ") in found[0], found


@pytest.mark.parametrize(
    "lines",
    [
        ["$ curl -s -X POST localhost:8080/", '{"counter":1}', "$ curl -s localhost:8080/", '{"counter":1}'],
        ['$ curl -s -X POST "localhost:8080/?[1-3]"', "…", '{"counter":3}'],
        ["$ curl -si localhost:8080/", "HTTP/1.1 200 OK", "…", '{"counter":0}'],
        ["$ curl -s \\", '    "$URL/version"', '{"version":"…"}'],
        ["$ curl -s localhost:9090/metrics | grep '^counter_value'", "counter_value 0"],
        ["$ kubectl get pods", "whatever kubectl says"],
    ],
)
def test_an_example_that_is_true_is_accepted(lines: list[str]) -> None:
    assert run(console(*lines)) == []


def test_the_count_outlives_a_restart_in_the_examples_and_not_a_new_server() -> None:
    add = console(
        "$ curl -s -X POST localhost:8080/",
        '{"counter":1}',
        "$ kubectl rollout restart deploy/x",
        "$ curl -s localhost:8080/",
        '{"counter":1}',
    )
    assert run(f"{add}\n\n<!-- examples: new server -->\n{add}") == []


def table(rows: dict[str, str]) -> str:
    return "\n".join(
        [
            "| variable | default | |",
            "| --- | --- | --- |",
            *(f"| `{name}` | {default} | what it is |" for name, default in rows.items()),
        ]
    )


def test_the_table_of_settings_must_be_that_of_the_program() -> None:
    real = tree.settings()
    assert len(real) >= 16 and list(settings.problems(read(NOWHERE, table(real)))) == []
    missing = list(
        settings.problems(read(NOWHERE, table({name: real[name] for name in real if name != "PORT"})))
    )
    assert missing == ["0: the table of settings lacks PORT, which --help has"]
    wrong = list(settings.problems(read(NOWHERE, table({**real, "PORT": "80", "POTR": "1"}))))
    assert len(wrong) == 2 and "'80' here and '8080' in --help" in wrong[0] and "POTR" in wrong[1], wrong
