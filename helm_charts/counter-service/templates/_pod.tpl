{{/* The pod that serves. */}}
{{- define "counter-service.podSpec" -}}
serviceAccountName: {{ include "counter-service.serviceAccount" . }}
automountServiceAccountToken: false
# Kubernetes would inject COUNTER_SERVICE_PORT=tcp://... and the like for a Service of this name.
enableServiceLinks: false
# The drain, the requests in flight, and some seconds to close; SIGKILL only after that.
terminationGracePeriodSeconds: {{ add .Values.shutdown.drainDelaySeconds .Values.shutdown.timeoutSeconds 5 }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  {{- range $key, $id := .Values.securityContext }}
  {{- if not (kindIs "invalid" $id) }}
  {{ $key }}: {{ int64 $id }}
  {{- end }}
  {{- end }}
  # Without it, each start would walk through the whole volume.
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
containers:
  - name: counter-service
    image: {{ include "counter-service.image" (dict "image" .Values.image "default" .Chart.AppVersion) }}
    imagePullPolicy: {{ .Values.image.pullPolicy }}
    env:
      {{- include "counter-service.env" . | nindent 6 }}
    ports:
      - name: http
        containerPort: {{ int .Values.containerPort }}
      {{- if .Values.metrics.enabled }}
      - name: metrics
        containerPort: {{ int .Values.metrics.port }}
      {{- end }}
    # /healthz never waits for the disk, so a stalled volume makes the pod unready and does not get it killed.
    startupProbe:
      {{- include "counter-service.probe" (list $ "startup" "/healthz") | nindent 6 }}
    livenessProbe:
      {{- include "counter-service.probe" (list $ "liveness" "/healthz") | nindent 6 }}
    readinessProbe:
      {{- include "counter-service.probe" (list $ "readiness" "/readyz") | nindent 6 }}
    resources:
      {{- toYaml .Values.resources | nindent 6 }}
    securityContext:
      {{- include "counter-service.containerSecurity" . | nindent 6 }}
    volumeMounts:
      - name: data
        mountPath: /data
volumes:
  - name: data
    {{- if .Values.persistence.enabled }}
    persistentVolumeClaim:
      claimName: {{ include "counter-service.claim" . }}
    {{- else }}
    emptyDir:
      sizeLimit: 16Mi
    {{- end }}
{{- include "counter-service.scheduling" . }}
{{- end -}}

{{/* Where the pod may and should run. */}}
{{- define "counter-service.scheduling" -}}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- range $key := list "nodeSelector" "tolerations" "affinity" }}
{{- with get $.Values $key }}
{{ $key }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- $selector := include "counter-service.selector" . | fromYaml }}
{{- $spread := .Values.topologySpreadConstraints }}
{{- if and (not $spread) (include "counter-service.shared" .) }}
{{- $spread = list }}
{{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
{{- $spread = append $spread (dict "maxSkew" 1 "topologyKey" . "whenUnsatisfiable" "ScheduleAnyway"
    "matchLabelKeys" (list "pod-template-hash")) }}
{{- end }}
{{- end }}
{{- with $spread }}
topologySpreadConstraints:
  {{- range . }}
  - {{- merge (dict) . (dict "labelSelector" (dict "matchLabels" $selector)) | toYaml | nindent 4 }}
  {{- end }}
{{- end }}
{{- end -}}
