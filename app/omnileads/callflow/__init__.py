"""The way of a call through the configuration: drawn as a picture, and tried before anybody calls."""
