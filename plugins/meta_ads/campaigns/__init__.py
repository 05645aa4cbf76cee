"""What a person declares: the campaign file, the account it runs in, money and time."""
