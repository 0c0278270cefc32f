"""The use cases, a module each: what a person or a server asks for."""
