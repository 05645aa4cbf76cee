"""How fast insights get from Meta into Postgres, beside the design that was there before."""
