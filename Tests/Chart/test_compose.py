"""compose.yaml: valid by the Compose specification, hardened, and made of files and ports that are there."""

import re

import pytest
import yaml
from chart import CHART, ROOT, render
from compose_spec import PyCompose

# With what Compose would put in for variables that are not set.
TEXT = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", (ROOT / "compose.yaml").read_text())
COMPOSE = yaml.safe_load(TEXT)
SERVICE = COMPOSE["services"]["counter-service"]


def test_it_is_what_the_specification_allows():
    parsed = PyCompose.from_yaml(TEXT)
    parsed.validate()
    parsed.to_spec()


def test_a_misspelt_key_would_be_noticed():
    with pytest.raises(ValueError, match="readonly"):
        PyCompose.from_yaml(TEXT.replace("read_only", "readonly"))


def test_the_service_is_as_hardened_as_in_the_cluster():
    assert SERVICE["read_only"] is True and SERVICE["cap_drop"] == ["ALL"]
    assert SERVICE["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in SERVICE and "user" not in SERVICE, "the image's own user is not root"
    assert SERVICE["volumes"] == ["counter:/data"] and "counter" in COMPOSE["volumes"]
    memory = render().container["resources"]["limits"]["memory"]
    assert SERVICE["mem_limit"] == memory.removesuffix("i").lower()


def test_ports_are_published_on_this_machine_only_and_lead_to_the_services():
    published = {name: service.get("ports", []) for name, service in COMPOSE["services"].items()}
    assert all(p.startswith("127.0.0.1:") for ports in published.values() for p in ports), published
    env = render().env
    assert [p.rsplit(":", 1)[1] for p in published["counter-service"]] == [env["PORT"]]
    scrape = yaml.safe_load(COMPOSE["configs"]["prometheus"]["content"])["scrape_configs"][0]
    assert scrape["static_configs"] == [{"targets": [f"counter-service:{env['METRICS_PORT']}"]}]


def test_monitoring_is_a_profile_and_shows_the_charts_own_alerts_and_dashboard():
    extra = {
        name for name, service in COMPOSE["services"].items() if service.get("profiles") == ["monitoring"]
    }
    assert extra == set(COMPOSE["services"]) - {"counter-service"}
    files = {ROOT / config["file"] for config in COMPOSE["configs"].values() if "file" in config}
    assert files == {CHART / "files" / "alerts.yaml", CHART / "files" / "dashboard.json"}
    mounted = {c["source"] for service in COMPOSE["services"].values() for c in service.get("configs", [])}
    assert mounted == set(COMPOSE["configs"])
