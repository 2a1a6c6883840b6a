{{- define "ipv6check.fullname" -}}
{{- if contains "ipv6check" .Release.Name -}}{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else -}}{{ printf "%s-ipv6check" (.Release.Name | trunc 30 | trimSuffix "-") }}{{- end -}}
{{- end -}}

{{- define "ipv6check.selector" -}}
app.kubernetes.io/name: ipv6check
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* Not managed-by: ipv6check, for that is what marks a temporary policy. */}}
{{- define "ipv6check.labels" -}}
{{ include "ipv6check.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "ipv6check.metadata" -}}
name: {{ include "ipv6check.fullname" .root }}-{{ .name | default .component }}
labels:
  {{- include "ipv6check.labels" . | nindent 2 }}
{{- end -}}

{{- define "ipv6check.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{- define "ipv6check.user" -}}
system:serviceaccount:{{ .root.Release.Namespace }}:{{ include "ipv6check.fullname" .root }}-{{ .component }}
{{- end -}}

{{/* The workers' own accounts, unless a kubeconfig speaks for them. */}}
{{- define "ipv6check.hasAccount" -}}
{{- if not .Values.kubeconfig.existingSecret }}yes{{ end -}}
{{- end -}}

{{/* A CEL condition on a namespace: exact names, and prefixes such as shop-*. */}}
{{- define "ipv6check.cel.isAmong" -}}
{{- $expression := .expression -}}
{{- $terms := list -}}
{{- range .names -}}
{{- if hasSuffix "*" . -}}
{{- $terms = append $terms (printf "%s.startsWith('%s')" $expression (trimSuffix "*" .)) -}}
{{- else -}}
{{- $terms = append $terms (printf "%s == '%s'" $expression .) -}}
{{- end -}}
{{- end -}}
({{ $terms | join " || " | default "false" }})
{{- end -}}
