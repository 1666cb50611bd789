"""What scripts/evidence.sh writes: presentable, bounded, and honest when something fails or is missing."""

import os
import subprocess
from pathlib import Path

from conftest import ROOT, run


def presentable(text: str, **env: str) -> str:
    done = subprocess.run(
        ["bash", "-c", ". scripts/lib/evidence.sh; presentable"],
        cwd=ROOT,
        input=text,
        text=True,
        env={"PATH": os.environ["PATH"], "HOME": "/home/someone", **env},
        capture_output=True,
        check=True,
    )
    return done.stdout


def test_paths_of_this_machine_are_taken_out() -> None:
    said = presentable(f"in {ROOT}/scripts and {ROOT}, /home/someone/.cache/x, /tmp/tmp.Ab12/counter.json\n")
    assert said == "in scripts and ., ~/.cache/x, /tmp/…\n"


def test_hosts_that_packages_come_from_are_taken_out() -> None:
    said = presentable(
        "from https://mirror.corp:8081/simple/x\n", PIP_INDEX_URL="http://user:pw@mirror.corp:8081/simple"
    )
    assert said == "from https://packages.example/simple/x\n"


def test_colours_progress_and_blanks_at_the_end_are_taken_out() -> None:
    assert presentable("\x1b[32mgreen\x1b[0m  \n 10%\r 50%\r100% done\r\n") == "green\n100% done\n"


def test_what_is_long_is_cut_in_the_middle() -> None:
    lines = presentable("".join(f"line {n}\n" for n in range(1, 1001)) + "x" * 500 + "\n").splitlines()
    assert (len(lines), lines[199], lines[200], lines[-2]) == (401, "line 200", "… 601 lines …", "line 1000")
    assert len(lines[-1]) == 300


def test_persistence_is_shown_with_each_command_and_its_answer(tmp_path: Path) -> None:
    ran = run("evidence.sh", "persistence", env={"EVIDENCE": str(tmp_path), "IMAGE": "no-such-image:none"})
    assert ran.status == 0, ran.said
    text = (tmp_path / "persistence.txt").read_text()
    assert (
        '$ curl -s -X GET $url/\n{"counter":3}\n' in text and "stopped with -KILL: exit status 137" in text
    ), text
    assert str(ROOT) not in text


def test_load_is_shown_with_its_count(tmp_path: Path) -> None:
    small = {"EVIDENCE": str(tmp_path), "LOAD_SECONDS": "1", "LOAD_REQUESTS": "640", "LOAD_CLIENTS": "8"}
    ran = run("evidence.sh", "load", env=small)
    assert ran.status == 0, ran.said + (tmp_path / "load.txt").read_text()
    text = (tmp_path / "load.txt").read_text()
    assert "the count went from 0 to 640: 640 increments for 640 answers of 200 that hey counted" in text, (
        text
    )


def test_a_section_that_fails_is_named_and_shows_why(tmp_path: Path) -> None:
    ran = run("evidence.sh", "load", env={"EVIDENCE": str(tmp_path), "LOAD_REQUESTS": "none"})
    assert ran.status == 1 and "these ended with an error, which their files show: load" in ran.err, ran.said
    assert "invalid" in (tmp_path / "load.txt").read_text()


def test_a_section_whose_tools_are_missing_says_so_and_keeps_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "terraform.txt").write_text("captured elsewhere\n")
    ran = run("evidence.sh", "terraform", env={"EVIDENCE": str(tmp_path), "TERRAFORM": "no-such-program"})
    assert ran.status == 0 and "not captured here: terraform is not on this machine" in ran.err, ran.said
    assert (tmp_path / "terraform.txt").read_text() == "captured elsewhere\n"


def test_an_unknown_section_is_refused(tmp_path: Path) -> None:
    ran = run("evidence.sh", "everything", env={"EVIDENCE": str(tmp_path)})
    assert ran.status == 1 and "no section 'everything'" in ran.err, ran.said
