"""The version of the operator, which is that of the product it runs."""

VERSION = "0.1.0"
GROUP = "omnileads.org"
API_VERSION = "v1alpha1"
