"""Who is asking: passwords, logins, the guard in front of every page and route, and the sign-in page."""
