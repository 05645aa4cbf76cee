"""How campaigns are named and what is checked before a launch: taxonomy, rules, findings."""
