"""What is judged: rules, sites, reported figures, progress, changes of layers."""
