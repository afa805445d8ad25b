"""What is configured inside a contact centre, through the application's API."""
