"""What the wearer sees: screens drawn from a model, and the stage that decides which one shows."""
