"""One writer where the volume bears only one, several where it bears them; the claim outlives the release."""

import pytest
from chart import SHARED, render
from options import OPTIONS


@pytest.mark.parametrize("mode", ["ReadWriteOnce", "ReadWriteOncePod"])
def test_one_writer_is_replaced_before_the_next_comes(mode: str):
    chart = render({"persistence": {"accessMode": mode}})
    assert chart.deployment["spec"]["replicas"] == 1
    assert chart.deployment["spec"]["strategy"] == {"type": "Recreate"}
    assert chart.env["COUNTER_SHARED"] == "false"
    assert chart.one("PersistentVolumeClaim")["spec"]["accessModes"] == [mode]


def test_a_shared_volume_bears_several_pods_replaced_one_by_one():
    chart = render(SHARED)
    assert chart.deployment["spec"]["replicas"] == 3
    assert chart.deployment["spec"]["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0},
    }
    assert chart.env["COUNTER_SHARED"] == "true"
    assert chart.one("PersistentVolumeClaim")["spec"]["accessModes"] == ["ReadWriteMany"]


def test_shared_pods_are_spread_over_zones_and_nodes():
    spread = render(SHARED).pod["spec"]["topologySpreadConstraints"]
    assert [c["topologyKey"] for c in spread] == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
    # Counted apart for each revision, or a rolling update would end crooked.
    assert all(c["matchLabelKeys"] == ["pod-template-hash"] for c in spread), spread
    assert "topologySpreadConstraints" not in render().pod["spec"], "one pod has nothing to spread"


def test_a_spread_of_ones_own_replaces_the_charts():
    (constraint,) = render(SHARED, OPTIONS["scheduling"]).pod["spec"]["topologySpreadConstraints"]
    assert constraint["maxSkew"] == 2 and constraint["whenUnsatisfiable"] == "DoNotSchedule"


def test_a_shared_volume_stays_shared_with_a_single_pod():
    chart = render(SHARED, {"replicaCount": 1})
    assert chart.env["COUNTER_SHARED"] == "true", "a rolling update has two pods for a while"


def test_an_autoscaler_owns_the_number_of_pods():
    chart = render(SHARED, {"autoscaling": {"enabled": True, "minReplicas": 3}})
    assert "replicas" not in chart.deployment["spec"], "an upgrade would set it back"
    scaler = chart.one("HorizontalPodAutoscaler")["spec"]
    assert scaler["scaleTargetRef"] == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "name": "counter-service",
    }
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (3, 6)


def test_a_disruption_budget_lets_drains_through():
    budget = render(SHARED, {"podDisruptionBudget": {"enabled": True}}).one("PodDisruptionBudget")["spec"]
    assert budget["maxUnavailable"] == 1 and "minAvailable" not in budget


def test_the_claim_is_kept_unless_one_says_otherwise():
    keep = {"helm.sh/resource-policy": "keep"}
    assert render().one("PersistentVolumeClaim")["metadata"]["annotations"] == keep
    gone = render({"persistence": {"keep": False}})
    assert "annotations" not in gone.one("PersistentVolumeClaim")["metadata"]
    assert "WARNING: persistence.keep is false" in gone.notes
    assert "`helm uninstall` keeps that claim" in render().notes


def test_a_claim_that_is_there_is_used_and_none_made():
    chart = render({"persistence": {"existingClaim": "counted-before"}})
    assert not chart.all("PersistentVolumeClaim")
    assert chart.pod["spec"]["volumes"][0]["persistentVolumeClaim"]["claimName"] == "counted-before"


@pytest.mark.parametrize("given, rendered", [("gp3-encrypted", "gp3-encrypted"), ("-", ""), ("", None)])
def test_the_class_is_the_clusters_default_or_one_or_none(given: str, rendered: str | None):
    claim = render({"persistence": {"storageClass": given}}).one("PersistentVolumeClaim")
    assert claim["spec"].get("storageClassName") == rendered


def test_without_a_volume_the_notes_warn_that_the_count_dies_with_the_pod():
    chart = render({"persistence": {"enabled": False}})
    assert not chart.all("PersistentVolumeClaim")
    assert "emptyDir" in chart.pod["spec"]["volumes"][0]
    assert "WARNING: persistence.enabled is false" in chart.notes and "dies with it" in chart.notes
    assert "WARNING" not in render().notes


def test_a_shared_claim_without_a_class_is_remarked_on():
    assert "persistence.storageClass" in render({"persistence": {"accessMode": "ReadWriteMany"}}).notes
    assert "persistence.storageClass" not in render(SHARED).notes
