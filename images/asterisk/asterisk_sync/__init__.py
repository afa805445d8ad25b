"""asterisk-sync: keeps the files that Asterisk reads equal to what the application says they should be.

`source` talks to the application, `control` to Asterisk, `apply` puts files in place and checks that Asterisk took
them, `loop` ties the three together for ever. Only Python's standard library: it runs inside the Asterisk image.
"""
