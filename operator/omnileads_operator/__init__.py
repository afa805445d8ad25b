"""The Kubernetes operator of OMniLeads: contact centres, and what is configured in them, as resources."""
