"""asterisk-sync: keeps the files that Asterisk reads equal to what the application says they should be.

`source` talks to the application, `control` to Asterisk, `apply` puts files in place, `kinds` knows how each is found
again in Asterisk, `loop` ties them together for ever; `lines` watches the trunks. Only Python's standard library: it
runs inside the Asterisk image.
"""
