"""How things look, on every screen and paper alike: symbols and fonts."""
