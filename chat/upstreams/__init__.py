"""The services that run agents, and the code that talks to them."""
