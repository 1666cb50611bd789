"""Every option of the chart, as the values that turn it on."""

from chart import MONITORED, PROD, SHARED, merged, read

PEER = [{"podSelector": {"matchLabels": {"app": "front"}}}]

# Options of one pod as well as of several.
OPTIONS: dict[str, dict] = {
    "production values": read(PROD),
    "one pod at a time": {"persistence": {"accessMode": "ReadWriteOncePod"}},
    "a claim that is there": {"persistence": {"existingClaim": "counted-before"}},
    "a claim that goes": {"persistence": {"keep": False, "annotations": {"a": "b"}}},
    "a volume made by hand": {"persistence": {"storageClass": "-", "size": "512Mi"}},
    "names": {"nameOverride": "tally", "fullnameOverride": "tally-main"},
    "labels and annotations": {
        "commonLabels": {"team": "ops"},
        "commonAnnotations": {"note": "common"},
        "podLabels": {"tier": "back"},
        "podAnnotations": {"note": "pod"},
        "deploymentAnnotations": {"note": "deployment"},
    },
    "a pinned image": {"image": {"digest": "sha256:" + "a" * 64}, "imagePullSecrets": [{"name": "registry"}]},
    "settings": {
        "env": {
            "LOG_LEVEL": "debug",
            "LOG_FORMAT": "text",
            "ACCESS_LOG": True,
            "EVENT_LOOPS": 4,
            "MAX_CONNECTIONS": 20000,
            "IDLE_TIMEOUT": 2.5,
            "REQUEST_TIMEOUT": "5",
            "COMMIT_TIMEOUT": 3,
        }
    },
    "further environment": {
        "extraEnv": [
            {"name": "TZ", "value": "UTC"},
            {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
        ]
    },
    "ports": {"containerPort": 18080, "metrics": {"port": 19090}, "service": {"port": 8081}},
    "no metrics": {"metrics": {"enabled": False}},
    "monitoring": MONITORED,
    "a node port": {"service": {"type": "NodePort", "externalTrafficPolicy": "Local"}},
    "a load balancer": {
        "service": {
            "type": "LoadBalancer",
            "loadBalancerClass": "eks.amazonaws.com/nlb",
            "loadBalancerSourceRanges": ["192.0.2.0/24"],
            "externalTrafficPolicy": "Cluster",
            "annotations": {"a": "b"},
        }
    },
    "no service account": {"serviceAccount": {"create": False}},
    "a named service account": {"serviceAccount": {"name": "counter", "annotations": {"a": "b"}}},
    "ids from the platform": {"securityContext": {"runAsUser": None, "runAsGroup": None, "fsGroup": None}},
    "no network policy": {"networkPolicy": {"enabled": False}},
    "a narrow network policy": {
        "networkPolicy": {
            "from": PEER,
            "dnsTo": PEER,
            "monitoringNamespace": "watch",
            "egress": [{"to": PEER}],
        }
    },
    "an Ingress": {
        "ingress": {
            "enabled": True,
            "className": "alb",
            "annotations": {"a": "b"},
            "hosts": ["count.example.com"],
            "tls": [{"hosts": ["count.example.com"], "secretName": "count-tls"}],
        }
    },
    "an Ingress for any host": {"ingress": {"enabled": True}},
    "an HTTPRoute": {
        "httpRoute": {
            "enabled": True,
            "parentRefs": [{"name": "gateway", "namespace": "edge"}],
            "hostnames": ["count.example.com"],
            "annotations": {"a": "b"},
        }
    },
    "scheduling": {
        "nodeSelector": {"kubernetes.io/arch": "arm64"},
        "priorityClassName": "high",
        "tolerations": [{"key": "dedicated", "operator": "Exists"}],
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": [
                        {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a"]}]}
                    ]
                }
            }
        },
        "topologySpreadConstraints": [
            {"maxSkew": 2, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "DoNotSchedule"}
        ],
    },
    "slow stop": {
        "shutdown": {"drainDelaySeconds": 30, "timeoutSeconds": 60},
        "minReadySeconds": 5,
        "revisionHistoryLimit": 0,
        "probes": {"startup": {"failureThreshold": 10}},
    },
    "stopped": {"replicaCount": 0},
    "no tests": {"tests": {"enabled": False}},
}

# What only one pod, or only several may have.
ALONE: dict[str, dict] = {"no volume": {"persistence": {"enabled": False}}}
TOGETHER: dict[str, dict] = {
    "a disruption budget": {"podDisruptionBudget": {"enabled": True, "maxUnavailable": "34%"}},
    "an autoscaler": {"autoscaling": {"enabled": True, "minReplicas": 3, "maxReplicas": 9}},
    "another rolling update": {"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 1}},
}
# Each says the opposite of another, or of several pods.
APART = [{"no metrics", "monitoring"}, {"stopped", "a disruption budget"}, {"a load balancer", "a node port"}]


def combinations() -> dict[str, dict]:
    """Nothing, each option alone, every two of them that go together; for one pod and for several."""
    found = {"defaults": {}, "shared": SHARED}
    for mode, base, options in (("", {}, OPTIONS | ALONE), ("shared, ", SHARED, OPTIONS | TOGETHER)):
        if base:
            options = {name: values for name, values in options.items() if name != "one pod at a time"}
        for first, one in options.items():
            found[mode + first] = merged(base, one)
            for second, two in options.items():
                if first < second and {first, second} not in APART:
                    found[f"{mode}{first}, {second}"] = merged(base, one, two)
    return found
