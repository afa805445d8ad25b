"""Forms agents fill in about a call, and the catalogue of disposition names campaigns choose from."""
