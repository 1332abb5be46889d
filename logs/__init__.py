"""What the program says about its own work: to the console and to rotating files, without contents and secrets."""
