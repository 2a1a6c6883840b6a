{{/* What the prober and the writer look at, as workers/cli/doctor/needs.ts says why: here what a Role can grant, */}}
{{- define "ipv6check.rules.namespaced" -}}
- { apiGroups: [""], resources: [pods], verbs: [get, list] }
- { apiGroups: [""], resources: [serviceaccounts], verbs: [get] }
- { apiGroups: [apps], resources: [deployments, replicasets, statefulsets, daemonsets], verbs: [get, list] }
- { apiGroups: [batch], resources: [jobs], verbs: [get, list] }
- { apiGroups: [networking.k8s.io], resources: [networkpolicies], verbs: [list] }
- { apiGroups: [projectcalico.org, crd.projectcalico.org], resources: [networkpolicies, networksets], verbs: [list] }
{{- end -}}

{{/* and here what only a ClusterRole can. */}}
{{- define "ipv6check.rules.clusterWide" -}}
- { apiGroups: [""], resources: [nodes, namespaces], verbs: [get] }
- apiGroups: [projectcalico.org, crd.projectcalico.org]
  resources: [globalnetworkpolicies, globalnetworksets, ippools]
  verbs: [list]
- apiGroups: [projectcalico.org, crd.projectcalico.org]
  resources: [felixconfigurations, clusterinformations]
  verbs: [get]
- { apiGroups: [projectcalico.org, crd.projectcalico.org], resources: [tiers], verbs: [get, list] }
# Calico's own API server asks for the policies of each tier apart.
- { apiGroups: [projectcalico.org], resources: [tier.networkpolicies, tier.globalnetworkpolicies], verbs: [list] }
- apiGroups: [policy.networking.k8s.io]
  resources: [clusternetworkpolicies, adminnetworkpolicies, baselineadminnetworkpolicies]
  verbs: [list]
# Which Calico API this is.
- { apiGroups: [apiregistration.k8s.io], resources: [apiservices], resourceNames: [v3.projectcalico.org], verbs: [get] }
{{- end -}}

{{/* In WebSockets an exec is a get, and since 1.35 a create as well. */}}
{{- define "ipv6check.rules.exec" -}}
- { apiGroups: [""], resources: [pods/exec], verbs: [get, create] }
# Why a pod does not come up.
- { apiGroups: [""], resources: [events], verbs: [list] }
{{- if .Values.ephemeralContainers.enabled }}
- { apiGroups: [""], resources: [pods/ephemeralcontainers], verbs: [patch] }
- { apiGroups: [""], resources: [pods/log], verbs: [get] }
- { apiGroups: [""], resources: [events], verbs: [watch] }
{{- end }}
{{- end -}}

{{- define "ipv6check.rules.write" -}}
- { apiGroups: [networking.k8s.io, projectcalico.org], resources: [networkpolicies], verbs: [create, patch, delete] }
- apiGroups: [projectcalico.org]
  resources: [tier.networkpolicies]
  resourceNames: ["ipv6check.*"]
  verbs: [get, create, patch, delete]
{{- end -}}

{{/* A sweep sees ours wherever they are, and ClusterNetworkPolicy has no namespace. */}}
{{- define "ipv6check.rules.sweep" -}}
- { apiGroups: [networking.k8s.io, projectcalico.org], resources: [networkpolicies], verbs: [get, list] }
- { apiGroups: [policy.networking.k8s.io], resources: [clusternetworkpolicies], verbs: [get, list, create, patch, delete] }
{{- end -}}

{{- define "ipv6check.rules.reap" -}}
- { apiGroups: [networking.k8s.io, projectcalico.org], resources: [networkpolicies], verbs: [list, delete] }
- { apiGroups: [policy.networking.k8s.io], resources: [clusternetworkpolicies], verbs: [list, delete] }
- { apiGroups: [projectcalico.org], resources: [tiers], resourceNames: [ipv6check], verbs: [get] }
- { apiGroups: [projectcalico.org], resources: [tier.networkpolicies], verbs: [list] }
- { apiGroups: [projectcalico.org], resources: [tier.networkpolicies], resourceNames: ["ipv6check.*"], verbs: [delete] }
{{- end -}}

{{/*
Rules for service accounts of ours: cluster-wide where no namespaces are named, else by a Role in each of them.
root, component (of the labels), name, rules, accounts, namespaces
*/}}
{{- define "ipv6check.grant" -}}
{{- $full := printf "%s-%s" (include "ipv6check.fullname" .root) .name -}}
{{- $args := . -}}
{{- range .namespaces | default (list "") }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ . | empty | ternary "ClusterRole" "Role" }}
metadata:
  {{- include "ipv6check.metadata" $args | nindent 2 }}
  {{- with . }}
  namespace: {{ . }}
  {{- end }}
rules:
  {{- $args.rules | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ . | empty | ternary "ClusterRoleBinding" "RoleBinding" }}
metadata:
  {{- include "ipv6check.metadata" $args | nindent 2 }}
  {{- with . }}
  namespace: {{ . }}
  {{- end }}
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: {{ . | empty | ternary "ClusterRole" "Role" }}, name: {{ $full }} }
subjects:
  {{- range $args.accounts }}
  - { kind: ServiceAccount, name: {{ include "ipv6check.fullname" $args.root }}-{{ . }}, namespace: {{ $args.root.Release.Namespace }} }
  {{- end }}
{{- end }}
{{- end -}}
