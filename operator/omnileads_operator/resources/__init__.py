"""The resources as pydantic models. The CRDs and the reference page are generated from them (`crds.py`)."""
