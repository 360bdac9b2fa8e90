{{/* The name of what both kinds of pods share, and the beginning of all other names. */}}
{{- define "tmf678.fullname" -}}
{{- $name := .Release.Name -}}
{{- if not (contains .Chart.Name $name) -}}
{{- $name = printf "%s-%s" $name .Chart.Name -}}
{{- end -}}
{{- $name | trunc 38 | trimSuffix "-" -}}
{{- end }}

{{/* By these labels pods are selected. */}}
{{- define "tmf678.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* The labels of all objects and pods. */}}
{{- define "tmf678.labels" -}}
{{ include "tmf678.selector" . }}
{{- if .Values.oda.enabled }}
oda.tmforum.org/componentName: {{ include "tmf678.component" . }}
{{- end }}
{{- end }}

{{/* The name of the component in a Canvas. */}}
{{- define "tmf678.component" -}}
{{ include "tmf678.fullname" . }}-billgenerationmanagement
{{- end }}

{{/* The port of the metrics; empty without METRICS. */}}
{{- define "tmf678.metricsPort" -}}
{{- with .Values.settings.METRICS }}{{ splitList ":" . | last }}{{ end -}}
{{- end }}

{{- define "tmf678.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end }}

{{/* What the pods of both kinds have in common; takes the chart as `root` and the kind's values. */}}
{{- define "tmf678.pod" -}}
serviceAccountName: {{ include "tmf678.fullname" .root }}
automountServiceAccountToken: false
enableServiceLinks: false  # or Kubernetes would set variables of its own beside the settings
terminationGracePeriodSeconds: 60
securityContext:
  runAsNonRoot: true
  runAsUser: 10678
  runAsGroup: 10678
  fsGroup: 10678
  seccompProfile: {type: RuntimeDefault}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumes:
  - name: tmp
    emptyDir: {sizeLimit: 64Mi}
  - name: mongodb
    secret:
      secretName: {{ .root.Values.mongodb.secretName | quote }}
      defaultMode: 0440
      items:
        - {key: {{ .root.Values.mongodb.secretKey | quote }}, path: uri}
  {{- with .root.Values.volumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* The same of their containers. */}}
{{- define "tmf678.container" -}}
image: {{ include "tmf678.image" .root | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
envFrom:
  - configMapRef: {name: {{ include "tmf678.fullname" .root }}}
resources:
  {{- toYaml .values.resources | nindent 2 }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
volumeMounts:
  - {name: tmp, mountPath: /tmp}
  - {name: mongodb, mountPath: /run/secrets/mongodb, readOnly: true}
  {{- with .root.Values.volumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* How many pods of a kind there are, and stay; takes also the kind's name. */}}
{{- define "tmf678.scaling" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "tmf678.fullname" .root }}-{{ .kind }}
  labels:
    {{- include "tmf678.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .kind }}
spec:
  maxUnavailable: {{ .values.disruptionBudget.maxUnavailable }}
  selector:
    matchLabels:
      {{- include "tmf678.selector" .root | nindent 6 }}
      app.kubernetes.io/component: {{ .kind }}
{{- if .values.autoscaling.enabled }}
{{- if gt (int .values.autoscaling.minReplicas) (int .values.autoscaling.maxReplicas) }}
{{- fail (printf "%s.autoscaling: minReplicas is more than maxReplicas" .kind) }}
{{- end }}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "tmf678.fullname" .root }}-{{ .kind }}
  labels:
    {{- include "tmf678.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .kind }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ include "tmf678.fullname" .root }}-{{ .kind }}}
  minReplicas: {{ .values.autoscaling.minReplicas }}
  maxReplicas: {{ .values.autoscaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: {type: AverageValue, averageValue: {{ .values.autoscaling.averageCpu }}}
  behavior:
    scaleDown:
      stabilizationWindowSeconds: 600
{{- end }}
{{- end }}

{{/* What all pods connect to: names and MongoDB. */}}
{{- define "tmf678.egress" -}}
- ports:
    - {protocol: UDP, port: 53}
    - {port: 53}
- ports:
    - {port: {{ .Values.networkPolicy.mongodbPort }}}
{{- end }}
