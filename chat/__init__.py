"""One turn after another: agents, running turns, conversations, the API and the page for them."""
