"""Files that are made in the background and fetched afterwards: reports of a campaign as CSV, recordings as a ZIP."""
