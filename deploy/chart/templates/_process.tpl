{{/* A long-running process of ours: bot, prober or writer. */}}
{{- define "ipv6check.process" -}}
{{- $own := index .root.Values .component -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "ipv6check.metadata" . | nindent 2 }}
spec:
  replicas: {{ $own.replicas }}
  # The old one finishes what it has while the new one takes what comes.
  strategy: { type: RollingUpdate, rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
  selector:
    matchLabels:
      {{- include "ipv6check.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "ipv6check.labels" . | nindent 8 }}
    spec:
      serviceAccountName: {{ include "ipv6check.fullname" .root }}-{{ .component }}
      automountServiceAccountToken: {{ and (ne .component "bot") (eq (include "ipv6check.hasAccount" .root) "yes") }}
      # Jobs are aborted after 20 seconds, and run again elsewhere.
      terminationGracePeriodSeconds: 30
      securityContext:
        {{- include "ipv6check.podSecurity" . | nindent 8 }}
      {{- include "ipv6check.placement" . | nindent 6 }}
      containers:
        - name: {{ .component }}
          image: {{ include "ipv6check.image" .root | quote }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          args: [{{ .entry }}]
          env:
            {{- .env | nindent 12 }}
          ports:
            - { name: health, containerPort: 8080 }
            {{- if and (eq .component "bot") (eq .root.Values.slack.mode "http") }}
            - { name: slack, containerPort: 3000 }
            {{- end }}
          startupProbe: { httpGet: { path: /healthz, port: health }, periodSeconds: 2, failureThreshold: 30 }
          livenessProbe: { httpGet: { path: /healthz, port: health }, periodSeconds: 10, timeoutSeconds: 3 }
          readinessProbe: { httpGet: { path: /readyz, port: health }, periodSeconds: 5, timeoutSeconds: 3 }
          resources:
            {{- toYaml $own.resources | nindent 12 }}
          securityContext:
            {{- include "ipv6check.containerSecurity" . | nindent 12 }}
          {{- with include "ipv6check.mounts" . | trim }}
          volumeMounts:
            {{- . | nindent 12 }}
          {{- end }}
      {{- with include "ipv6check.volumes" . | trim }}
      volumes:
        {{- . | nindent 8 }}
      {{- end }}
{{- end -}}

{{- define "ipv6check.placement" -}}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - { name: {{ . }} }
  {{- end }}
{{- end }}
{{- with .root.Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
# One node's end must not take all of them.
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "ipv6check.selector" . | nindent 8 }}
{{- end -}}
