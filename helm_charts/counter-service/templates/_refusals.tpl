{{/*
Values that fit the schema and would still hurt. All that apply are said at once, each with its reason and the way out.
*/}}
{{- define "counter-service.refusals" -}}
{{- $v := .Values -}}
{{- $shared := include "counter-service.shared" . -}}
{{- $bad := list -}}

{{- if not $shared -}}
{{- $why := printf "The volume is %s, and two writers on one such file would hand out a number twice or wait for each other forever" $v.persistence.accessMode -}}
{{- if not $v.persistence.enabled -}}
{{- $why = "persistence.enabled is false, so every pod would keep a count of its own" -}}
{{- end -}}
{{- $out := "Keep one pod, or set persistence.enabled=true and persistence.accessMode=ReadWriteMany with a class that can do it (EFS)" -}}
{{- if gt (int $v.replicaCount) 1 -}}
{{- $bad = append $bad (printf "replicaCount is %d, but only one pod may write. %s. %s." (int $v.replicaCount) $why $out) -}}
{{- end -}}
{{- if $v.autoscaling.enabled -}}
{{- $bad = append $bad (printf "autoscaling.enabled is true, but only one pod may write. %s. %s." $why $out) -}}
{{- end -}}
{{- end -}}

{{- $pods := $v.autoscaling.enabled | ternary $v.autoscaling.minReplicas $v.replicaCount | int -}}
{{- if and $v.podDisruptionBudget.enabled (lt $pods 2) -}}
{{- $bad = append $bad "podDisruptionBudget.enabled is true with fewer than two pods: a budget cannot keep a single pod up, it can only block the draining of its node. Turn it off, or run two pods or more with persistence.accessMode=ReadWriteMany." -}}
{{- end -}}
{{- if and $v.autoscaling.enabled (gt (int $v.autoscaling.minReplicas) (int $v.autoscaling.maxReplicas)) -}}
{{- $bad = append $bad (printf "autoscaling.minReplicas (%d) is above autoscaling.maxReplicas (%d). Swap them." (int $v.autoscaling.minReplicas) (int $v.autoscaling.maxReplicas)) -}}
{{- end -}}
{{- if and $shared (has (toString $v.rollingUpdate.maxSurge) (list "0" "0%")) (has (toString $v.rollingUpdate.maxUnavailable) (list "0" "0%")) -}}
{{- $bad = append $bad "rollingUpdate.maxSurge and rollingUpdate.maxUnavailable are both 0, so no pod could ever be replaced. Set one of them to 1." -}}
{{- end -}}

{{- if not $v.metrics.enabled -}}
{{- range list "serviceMonitor" "prometheusRule" "dashboard" -}}
{{- if (get $v.metrics .).enabled -}}
{{- $bad = append $bad (printf "metrics.%s.enabled is true, but metrics.enabled is false, so there would be nothing to look at. Set metrics.enabled=true, or metrics.%s.enabled=false." . .) -}}
{{- end -}}
{{- end -}}
{{- else if eq (int $v.metrics.port) (int $v.containerPort) -}}
{{- $bad = append $bad (printf "metrics.port and containerPort are both %d. Metrics have a port of their own, so that they are never public: change one of them." (int $v.metrics.port)) -}}
{{- end -}}

{{- if and $v.httpRoute.enabled (not $v.httpRoute.parentRefs) -}}
{{- $bad = append $bad "httpRoute.enabled is true, but httpRoute.parentRefs is empty, so no Gateway would take the route. Name at least one Gateway there." -}}
{{- end -}}

{{- $own := include "counter-service.ownSettings" . | fromYaml -}}
{{- range $name, $instead := $own -}}
{{- if hasKey $v.env $name -}}
{{- $bad = append $bad (printf "env.%s is set by the chart, as the rest of the pod has to agree with it. Set instead: %s." $name $instead) -}}
{{- end -}}
{{- end -}}
{{- range $v.extraEnv -}}
{{- if or (hasKey $own .name) (hasKey $v.env .name) -}}
{{- $bad = append $bad (printf "extraEnv names %s, which the chart sets already; the pod would have it twice. Set instead: %s." .name (get $own .name | default (printf "env.%s" .name))) -}}
{{- end -}}
{{- end -}}
{{- range list "app.kubernetes.io/name" "app.kubernetes.io/instance" -}}
{{- if or (hasKey $v.commonLabels .) (hasKey $v.podLabels .) -}}
{{- $bad = append $bad (printf "The label %s is what the Service finds its pods by and is not to be set in commonLabels or podLabels. Use nameOverride." .) -}}
{{- end -}}
{{- end -}}
{{- if and (ne $v.service.type "LoadBalancer") (or $v.service.loadBalancerClass $v.service.loadBalancerSourceRanges) -}}
{{- $bad = append $bad (printf "service.loadBalancerClass and service.loadBalancerSourceRanges do nothing for service.type=%s. Set service.type=LoadBalancer, or leave them empty. To narrow who may come in, networkPolicy.from works for every type." $v.service.type) -}}
{{- end -}}
{{- if and (eq $v.service.type "ClusterIP") $v.service.externalTrafficPolicy -}}
{{- $bad = append $bad "service.externalTrafficPolicy does nothing for service.type=ClusterIP. Leave it empty." -}}
{{- end -}}

{{- if $bad -}}
{{- fail (printf "\n\n%s\n" (join "\n\n" $bad)) -}}
{{- end -}}
{{- end -}}
