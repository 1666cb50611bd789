"""Plays a job of a workflow as GitHub's runner does, as far as these workflows need it: the `run` steps in
order, in bash with its options, with `env`, `if` and step outputs. Steps that use actions are not played;
what they leave behind the test provides. An expression that this file does not know fails the test instead of
being guessed."""

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]


def workflow(name: str) -> dict:
    return yaml.safe_load((ROOT / ".github/workflows" / name).read_text())


@dataclass
class Play:
    """A job under way: what it was given, and what its steps have left so far."""

    job: dict
    folder: Path
    env: dict[str, str]
    contexts: dict[str, str] = field(default_factory=dict)
    failed: bool = False
    ran: list[str] = field(default_factory=list)
    said: str = ""

    def value(self, expression: str) -> str:
        if expression == "job.status":
            return "failure" if self.failed else "success"
        if re.fullmatch(r"steps\.\w+\.(outputs\.\w+|outcome)", expression):
            return self.contexts.get(expression, "")
        if expression.startswith("runner.temp"):
            return str(self.folder)
        return self.contexts[expression]

    def fill(self, text: str) -> str:
        return re.sub(r"\$\{\{ (.+?) \}\}", lambda found: self.value(found.group(1)), str(text))

    def wanted(self, condition: str | None) -> bool:
        if condition is None:
            return not self.failed
        return all(self.holds(part) for part in condition.split(" && "))

    def holds(self, part: str) -> bool:
        if part in ("always()", "failure()"):
            return part == "always()" or self.failed
        left, right = part.split(" == ")
        return self.value(left) == right.strip("'")

    def play(self) -> "Play":
        for step in self.job["steps"]:
            if "run" in step and self.wanted(step.get("if")):
                self.step(step)
        return self

    def step(self, step: dict) -> None:
        assert "${{" not in step["run"], f"an expression inside shell text can inject commands: {step['run']}"
        output = self.folder / "output"
        output.write_text("")
        env = {
            **self.env,
            **self.filled(self.job.get("env")),
            **self.filled(step.get("env")),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
            "RUNNER_TEMP": str(self.folder),
        }
        done = subprocess.run(
            [*BASH, "-c", step["run"]],
            cwd=env.get("WORKSPACE", ROOT),
            env=env,
            text=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=180,
        )
        name = step.get("id") or step["run"].split("\n")[0]
        self.ran.append(name)
        self.said += f"== {name}: {done.returncode}\n{done.stdout}{done.stderr}"
        self.failed |= done.returncode != 0
        self.contexts[f"steps.{name}.outcome"] = "failure" if done.returncode else "success"
        for line in output.read_text().splitlines():
            key, _, text = line.partition("=")
            self.contexts[f"steps.{name}.outputs.{key}"] = text

    def filled(self, env: dict | None) -> dict[str, str]:
        return {name: self.fill(text) for name, text in (env or {}).items()}

    def summary(self) -> str:
        return (self.folder / "summary.md").read_text()


def runner_environment(programs: Path, **more: str) -> dict[str, str]:
    return {"PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(programs.parent), **more}
