"""OMniLeads: a contact centre whose agents work in the browser."""
