{{/* Half a configuration ends here, with a sentence that says what is missing. */}}
{{- define "ipv6check.validate" -}}
{{- $v := .Values -}}
{{- $runs := or $v.bot.enabled $v.prober.enabled $v.writer.enabled -}}
{{- if and (or $runs $v.reaper.enabled) (not $v.image.repository) -}}
{{- fail "image.repository is not set: push what deploy/Dockerfile builds and name it here." -}}
{{- end -}}
{{- if and $runs (not $v.slack.existingSecret) -}}
{{- fail (printf "slack.existingSecret is not set: name a Secret with bot-token and %s." (eq $v.slack.mode "http" | ternary "signing-secret" "app-token")) -}}
{{- end -}}
{{- if and (or $v.bot.enabled $v.writer.enabled) (not $v.decision.existingSecret) -}}
{{- fail "decision.existingSecret is not set: name a Secret with decision-key, at least 32 random characters." -}}
{{- end -}}
{{- if and (or $runs $v.redis.enabled) (not $v.redis.existingSecret) -}}
{{- fail (printf "redis.existingSecret is not set: name a Secret with %s." ($v.redis.enabled | ternary "password" "url, or set redis.enabled to run a Redis here")) -}}
{{- end -}}
{{- if and $v.grants $v.grantsConfigMap -}}
{{- fail "grants and grantsConfigMap are both set: keep the grants in one place." -}}
{{- end -}}
{{- if gt (int $v.policy.ttlMinutes) (int $v.policy.maxMinutes) -}}
{{- fail "policy.ttlMinutes is more than policy.maxMinutes." -}}
{{- end -}}
{{- if and $v.bot.ingress.enabled (ne $v.slack.mode "http") -}}
{{- fail "bot.ingress.enabled needs slack.mode=http: Socket Mode takes no requests." -}}
{{- end -}}
{{- if and $v.bot.ingress.enabled (not (and $v.bot.ingress.host $v.bot.ingress.tlsSecret)) -}}
{{- fail "bot.ingress needs host and tlsSecret: Slack sends to https alone." -}}
{{- end -}}
{{- if and $v.kubeconfig.existingSecret (or $v.rbac.create $v.admission.enabled $v.calico.tier.enabled) -}}
{{- fail "kubeconfig.existingSecret is set, so rights and admission belong into that other cluster: set rbac.create, admission.enabled and calico.tier.enabled to false here." -}}
{{- end -}}
{{- if and $v.ephemeralContainers.enabled (not $v.ephemeralContainers.image) -}}
{{- fail "ephemeralContainers.image is not set: push what deploy/probe-image builds and name it here." -}}
{{- end -}}
{{- if and $v.debugPods.enabled (not (and $v.debugPods.image $v.debugPods.namespace)) -}}
{{- fail "debugPods needs image and namespace: a namespace of its own, whose PodSecurity level is privileged." -}}
{{- end -}}
{{- if and $v.debugPods.enabled (eq $v.debugPods.namespace .Release.Namespace) -}}
{{- fail "debugPods.namespace is the release's own: whoever may create pods there could take its service accounts." -}}
{{- end -}}
{{- end -}}
