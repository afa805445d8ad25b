{{- define "labels" -}}
app.kubernetes.io/name: omnileads-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "monitoring-labels" -}}
{{ include "labels" . }}
{{- with .Values.metrics.labels }}
{{ toYaml . }}
{{- end }}
{{- end }}
{{- define "rules" -}}
- apiGroups: [omnileads.org]
  resources: [omnileads, omnileadsbackups, omnileadsbackupschedules, omnileadsrestores, agentgroups, campaigns, siptrunks, inboundroutes, outboundroutes]
  verbs: [get, list, watch, patch]
- apiGroups: [omnileads.org]
  resources: [omnileads/status, omnileadsbackups/status, omnileadsbackupschedules/status, omnileadsrestores/status, agentgroups/status, campaigns/status, siptrunks/status, inboundroutes/status, outboundroutes/status]
  verbs: [patch]
- apiGroups: [omnileads.org]
  resources: [omnileads/finalizers]
  verbs: [update]
- apiGroups: [omnileads.org]
  resources: [omnileadsbackups]
  verbs: [create, delete]
- apiGroups: [apps]
  resources: [deployments, statefulsets]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [batch]
  resources: [jobs]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [""]
  resources: [services, persistentvolumeclaims]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, create, patch, delete]
- apiGroups: [""]
  resources: [serviceaccounts]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [rbac.authorization.k8s.io]
  resources: [roles, rolebindings]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [""]
  resources: [configmaps]
  verbs: [get, list, watch, create, update, patch, delete]
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch, patch]
- apiGroups: [""]
  resources: [events]
  verbs: [create]
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [networking.k8s.io]
  resources: [networkpolicies, ingresses]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [autoscaling]
  resources: [horizontalpodautoscalers]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [cert-manager.io]
  resources: [certificates]
  verbs: [list, create, patch, delete]
{{- end }}
