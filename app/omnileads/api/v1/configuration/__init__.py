"""The configuration families: five addresses each, over the services of the console's API."""
