{{/*
The settings that the chart sets from values of its own, as they have to agree with the rest of the pod.
env.NAME for one of them is refused with this text.
*/}}
{{- define "counter-service.ownSettings" -}}
HOST: "nothing: the kubelet and the Service reach the pod by its own address, so it listens on all"
PORT: containerPort
METRICS_PORT: "metrics.enabled and metrics.port"
COUNTER_FILE: "nothing: the volume is mounted at /data"
COUNTER_SHARED: persistence.accessMode
DRAIN_DELAY: shutdown.drainDelaySeconds
SHUTDOWN_TIMEOUT: shutdown.timeoutSeconds
{{- end -}}

{{/* The container's environment. */}}
{{- define "counter-service.env" -}}
- name: PORT
  value: {{ include "counter-service.text" .Values.containerPort | quote }}
- name: METRICS_PORT
  value: {{ .Values.metrics.enabled | ternary (include "counter-service.text" .Values.metrics.port) "0" | quote }}
- name: COUNTER_FILE
  value: /data/counter.json
- name: COUNTER_SHARED
  value: {{ include "counter-service.shared" . | default "false" | quote }}
- name: DRAIN_DELAY
  value: {{ include "counter-service.text" .Values.shutdown.drainDelaySeconds | quote }}
- name: SHUTDOWN_TIMEOUT
  value: {{ include "counter-service.text" .Values.shutdown.timeoutSeconds | quote }}
- name: APP_VERSION
  value: {{ include "counter-service.version" . | quote }}
{{- range $name, $value := omit .Values.env "APP_VERSION" }}
{{- $text := kindIs "invalid" $value | ternary "" (include "counter-service.text" $value) }}
{{- if $text }}
- name: {{ $name }}
  value: {{ $text | quote }}
{{- end }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}
