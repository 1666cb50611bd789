{{/* The name of every object: counter-service for a release of that name, RELEASE-counter-service for another. */}}
{{- define "counter-service.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 53 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 53 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 53 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What the Service, the Deployment and the policies select the pods by. Nothing else may carry it. */}}
{{- define "counter-service.selector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* An object's labels. Call with (list $ "component"); the chart's own win over commonLabels. */}}
{{- define "counter-service.labels" -}}
{{- $ := index . 0 -}}
{{- $own := include "counter-service.selector" $ | fromYaml -}}
{{- $_ := set $own "app.kubernetes.io/component" (index . 1) -}}
{{- $_ := set $own "app.kubernetes.io/version" (include "counter-service.labelValue" (include "counter-service.version" $)) -}}
{{- $_ := set $own "app.kubernetes.io/part-of" "counter-service" -}}
{{- $_ := set $own "app.kubernetes.io/managed-by" $.Release.Service -}}
{{- $_ := set $own "helm.sh/chart" (include "counter-service.labelValue" (printf "%s-%s" $.Chart.Name $.Chart.Version)) -}}
{{- merge $own $.Values.commonLabels | toYaml -}}
{{- end -}}

{{/* A version as a label may hold it: SemVer's + and the like become _. */}}
{{- define "counter-service.labelValue" -}}
{{- regexReplaceAll "[^A-Za-z0-9._-]" . "_" | trunc 63 | trimAll "-_." -}}
{{- end -}}

{{/* name, namespace, labels, annotations. Call with (list $ "component" "name suffix" (dict annotations...)). */}}
{{- define "counter-service.metadata" -}}
{{- $ := index . 0 -}}
name: {{ include "counter-service.fullname" $ }}{{ index . 2 }}
namespace: {{ $.Release.Namespace }}
labels:
  {{- include "counter-service.labels" (list $ (index . 1)) | nindent 2 }}
{{- with merge (dict) (index . 3) $.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* A scalar as text. A number that came through YAML is a float, which would print 1234567 as 1.234567e+06. */}}
{{- define "counter-service.text" -}}
{{- if and (kindIs "float64" .) (eq . (floor .)) -}}{{ int64 . }}{{- else -}}{{ toString . }}{{- end -}}
{{- end -}}

{{/* registry/name[:tag][@digest]; both where both are given, for those who read it. Call with (dict image default). */}}
{{- define "counter-service.image" -}}
{{- $tag := include "counter-service.text" .image.tag -}}
{{- if and (not $tag) (not .image.digest) -}}{{- $tag = .default -}}{{- end -}}
{{- .image.repository -}}{{- with $tag }}:{{ . }}{{- end -}}{{- with .image.digest }}@{{ . }}{{- end -}}
{{- end -}}

{{/* The version that /version answers. */}}
{{- define "counter-service.version" -}}
{{- include "counter-service.text" .Values.env.APP_VERSION | default (include "counter-service.text" .Values.image.tag)
    | default .Chart.AppVersion -}}
{{- end -}}

{{/* "true" where several pods share one volume, "" where there is one writer. */}}
{{- define "counter-service.shared" -}}
{{- if and .Values.persistence.enabled (eq .Values.persistence.accessMode "ReadWriteMany") -}}true{{- end -}}
{{- end -}}

{{- define "counter-service.claim" -}}
{{- .Values.persistence.existingClaim | default (printf "%s-data" (include "counter-service.fullname" .)) -}}
{{- end -}}

{{- define "counter-service.serviceAccount" -}}
{{- if .Values.serviceAccount.name -}}{{ .Values.serviceAccount.name }}
{{- else if .Values.serviceAccount.create -}}{{ include "counter-service.fullname" . }}
{{- else -}}default{{- end -}}
{{- end -}}

{{/* Pod Security "restricted" for a container. */}}
{{- define "counter-service.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* A probe. Call with (list $ "startup" "/path"). */}}
{{- define "counter-service.probe" -}}
httpGet:
  path: {{ index . 2 }}
  port: http
{{ get (index . 0).Values.probes (index . 1) | toYaml }}
{{- end -}}
