"""What an agent answered about a call, and every earlier answer."""
