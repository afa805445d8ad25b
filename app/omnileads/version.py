"""The product's version, as every process reports it. A test keeps it equal to the VERSION file at the root."""

VERSION = "0.1.0"
