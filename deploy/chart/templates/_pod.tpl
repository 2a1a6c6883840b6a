{{/* What passes PodSecurity's restricted level. */}}
{{- define "ipv6check.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "ipv6check.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{- define "ipv6check.secretEnv" -}}
- name: {{ .name }}
  valueFrom: { secretKeyRef: { name: {{ .secret }}, key: {{ .key }} } }
{{- end -}}

{{/* What the bot, the prober and the writer share. */}}
{{- define "ipv6check.env" -}}
- { name: LOG_LEVEL, value: {{ .Values.logLevel | quote }} }
- { name: HEALTH_PORT, value: "8080" }
{{- if .Values.redis.enabled }}
{{ include "ipv6check.secretEnv" (dict "name" "REDIS_PASSWORD" "secret" .Values.redis.existingSecret "key" "password") }}
- { name: REDIS_URL, value: "redis://:$(REDIS_PASSWORD)@{{ include "ipv6check.fullname" . }}-redis:6379" }
{{- else }}
{{ include "ipv6check.secretEnv" (dict "name" "REDIS_URL" "secret" .Values.redis.existingSecret "key" "url") }}
{{- end }}
{{- if .Values.redis.caConfigMap }}
- { name: NODE_EXTRA_CA_CERTS, value: /etc/ipv6check/redis-ca/ca.crt }
{{- end }}
{{ include "ipv6check.secretEnv" (dict "name" "SLACK_BOT_TOKEN" "secret" .Values.slack.existingSecret "key" "bot-token") }}
{{- with .Values.slack.apiUrl }}
- { name: SLACK_API_URL, value: {{ . | quote }} }
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Who decides, for how long and where: the bot and the writer, each by itself. */}}
{{- define "ipv6check.policyEnv" -}}
- { name: GRANTS_FILE, value: /etc/ipv6check/grants/grants.yaml }
{{ include "ipv6check.secretEnv" (dict "name" "DECISION_KEY" "secret" .Values.decision.existingSecret "key" "decision-key") }}
{{ include "ipv6check.livesEnv" . }}
{{- with .Values.policy.approverGroup }}
- { name: APPROVER_GROUP, value: {{ . | quote }} }
{{- end }}
{{- end -}}

{{- define "ipv6check.livesEnv" -}}
- { name: POLICY_TTL_MINUTES, value: {{ .Values.policy.ttlMinutes | quote }} }
- { name: POLICY_MAX_MINUTES, value: {{ .Values.policy.maxMinutes | quote }} }
- { name: PROTECTED_NAMESPACES, value: {{ join "," .Values.policy.protectedNamespaces | quote }} }
{{- end -}}

{{- define "ipv6check.clusterEnv" -}}
- { name: IPV6CHECK_CLUSTER, value: {{ .Values.cluster | quote }} }
- { name: ANCHORS_IPV6, value: {{ join "," .Values.probe.anchorsIpv6 | quote }} }
- { name: ANCHORS_IPV4, value: {{ join "," .Values.probe.anchorsIpv4 | quote }} }
- { name: ANCHOR_PORT, value: {{ .Values.probe.anchorPort | quote }} }
- { name: MAX_IN_FLIGHT, value: {{ .Values.probe.maxInFlight | quote }} }
{{- include "ipv6check.kubeconfigEnv" . }}
{{- end -}}

{{- define "ipv6check.kubeconfigEnv" -}}
{{- if .Values.kubeconfig.existingSecret }}
- { name: KUBECONFIG, value: /etc/ipv6check/kubeconfig/{{ .Values.kubeconfig.key }} }
{{- with .Values.kubeconfig.context }}
- { name: KUBE_CONTEXT, value: {{ . | quote }} }
{{- end }}
{{- end }}
{{- end -}}

{{/* The files that a component reads: grants, an authority's certificate, a kubeconfig. */}}
{{- define "ipv6check.volumes" -}}
{{- if has "grants" .files }}
- name: grants
  configMap: { name: {{ .root.Values.grantsConfigMap | default (printf "%s-grants" (include "ipv6check.fullname" .root)) }} }
{{- end }}
{{- if and (has "redis" .files) .root.Values.redis.caConfigMap }}
- name: redis-ca
  configMap: { name: {{ .root.Values.redis.caConfigMap }} }
{{- end }}
{{- if and (has "kubeconfig" .files) .root.Values.kubeconfig.existingSecret }}
- name: kubeconfig
  secret: { secretName: {{ .root.Values.kubeconfig.existingSecret }}, defaultMode: 0440 }
{{- end }}
{{- end -}}

{{- define "ipv6check.mounts" -}}
{{- if has "grants" .files }}
- { name: grants, mountPath: /etc/ipv6check/grants, readOnly: true }
{{- end }}
{{- if and (has "redis" .files) .root.Values.redis.caConfigMap }}
- { name: redis-ca, mountPath: /etc/ipv6check/redis-ca, readOnly: true }
{{- end }}
{{- if and (has "kubeconfig" .files) .root.Values.kubeconfig.existingSecret }}
- { name: kubeconfig, mountPath: /etc/ipv6check/kubeconfig, readOnly: true }
{{- end }}
{{- end -}}
