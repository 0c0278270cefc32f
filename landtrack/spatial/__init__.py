"""Measuring and joining: kernels, measures, joins, coordinate reference systems."""
