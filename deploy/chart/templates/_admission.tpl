{{/*
One policy and its binding. Nothing is a parameter: a missing parameter object would refuse deletes, too.
root, component (of the labels), name, users, rules, variables, validations
*/}}
{{- define "ipv6check.admission" -}}
{{- $full := printf "%s-%s" (include "ipv6check.fullname" .root) .name -}}
{{- $users := list -}}
{{- $root := .root -}}
{{- range .users }}{{ $users = append $users (printf "'%s'" (include "ipv6check.user" (dict "root" $root "component" .))) }}{{ end -}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  {{- include "ipv6check.metadata" . | nindent 2 }}
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules:
      {{- .rules | nindent 6 }}
  matchConditions:
    - name: only-ours
      expression: {{ printf "request.userInfo.username in [%s]" (join ", " $users) | quote }}
  {{- with .variables }}
  variables:
    {{- . | nindent 4 }}
  {{- end }}
  validations:
    {{- .validations | nindent 4 }}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  {{- include "ipv6check.metadata" . | nindent 2 }}
spec:
  policyName: {{ $full }}
  validationActions: [Deny]
{{- end -}}

{{/* Our name and our label together, as src/remediation/manifest.ts has it; the argument is object or oldObject. */}}
{{- define "ipv6check.cel.isOurs" -}}
has({{ . }}.metadata.labels)
&& 'app.kubernetes.io/managed-by' in {{ . }}.metadata.labels
&& {{ . }}.metadata.labels['app.kubernetes.io/managed-by'] == 'ipv6check'
&& 'ipv6check.dev/remediation' in {{ . }}.metadata.labels
&& {{ . }}.metadata.labels['ipv6check.dev/remediation'].matches('^r[a-z0-9]{19}$')
&& ({{ . }}.metadata.name == 'ipv6check-' + {{ . }}.metadata.labels['ipv6check.dev/remediation']
|| {{ . }}.metadata.name == 'ipv6check.' + {{ . }}.metadata.labels['ipv6check.dev/remediation'])
{{- end -}}

{{- define "ipv6check.cel.mayBeIn" -}}
!{{ include "ipv6check.cel.isAmong" (dict "expression" .expression "names" .root.Values.policy.protectedNamespaces) }}
{{- with .root.Values.policy.allowedNamespaces }}
&& {{ include "ipv6check.cel.isAmong" (dict "expression" $.expression "names" .) }}
{{- end }}
{{- end -}}
