"""Generated layers of any size, as dense as an industrial district, the same for one seed."""

import numpy as np
import shapely

CORNER = np.array([500_000.0, 4_000_000.0])
"""South-west corner, so that coordinates are as large as a real grid's."""
SPACING = 95.0
"""Metres between neighbouring plots, on average."""


def extent(plots):
    """Give the side of the district of so many plots, in metres."""
    return float(np.sqrt(plots) * SPACING)


def plots(n, *, seed=0, vertices=28):
    """Make n star-shaped plots, some 110 m across, which may overlap."""
    random = np.random.default_rng([seed, 1])
    turn = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    reach = random.uniform(40, 70, (n, vertices))
    middle = random.uniform(0, extent(n), (n, 1, 2)) + CORNER
    return _rings(middle + reach[..., None] * np.stack([np.cos(turn), np.sin(turn)], axis=-1))


def parcels(n, *, seed=0):
    """Make n / 2 four-sided parcels that fill the district of n plots without a gap."""
    random = np.random.default_rng([seed, 2])
    count = max(int(np.sqrt(n / 2)), 1)
    step = extent(n) / count
    corner = np.stack(np.meshgrid(*[np.arange(count + 1.0)] * 2, indexing="ij"), axis=-1)
    corner = (corner + random.uniform(-0.3, 0.3, corner.shape)) * step + CORNER
    around = [corner[:-1, :-1], corner[1:, :-1], corner[1:, 1:], corner[:-1, 1:]]
    return _rings(np.stack(around, axis=2).reshape(-1, 4, 2))


def buildings(n, *, seed=0):
    """Make 4 n rectangles at all angles in the district of n plots."""
    random = np.random.default_rng([seed, 3])
    half, angle = random.uniform(4, 12, (4 * n, 1, 2)), random.uniform(0, np.pi, (4 * n, 1))
    corner = half * [[-1, -1], [1, -1], [1, 1], [-1, 1]]
    cosine, sine = np.cos(angle), np.sin(angle)
    turned = np.stack(
        [corner[..., 0] * cosine - corner[..., 1] * sine,
         corner[..., 0] * sine + corner[..., 1] * cosine], axis=-1,
    )
    return _rings(turned + random.uniform(0, extent(n), (4 * n, 1, 2)) + CORNER)


def roads(n, *, seed=0, vertices=2):
    """Make winding roads in the district of n plots, 0.63 n segments of 60 m in all."""
    random = np.random.default_rng([seed, 4, vertices])
    count = max(int(0.63 * n / (vertices - 1)), 1)
    start = random.uniform(0, extent(n), (count, 1, 2)) + CORNER
    bend = np.cumsum(random.normal(0, 0.08, (count, vertices - 1)), axis=1)
    heading = random.uniform(0, 2 * np.pi, (count, 1)) + bend
    steps = 60 * np.stack([np.cos(heading), np.sin(heading)], axis=-1)
    return shapely.linestrings(np.concatenate([start, start + np.cumsum(steps, axis=1)], axis=1))


def points(n, *, seed=0, each=0.02):
    """Make points in the district of n plots, so many for each."""
    random = np.random.default_rng([seed, 5])
    return shapely.points(
        random.uniform(0, extent(n), (max(int(n * each), 1), 2)) + CORNER
    )


def spread(shapes, scale):
    """Draw shapes farther apart, so that fewer fill the same district."""
    return shapely.transform(shapes, lambda xy: (xy - CORNER) * scale + CORNER)


def _rings(vertices):
    return shapely.polygons(np.concatenate([vertices, vertices[:, :1]], axis=1))
