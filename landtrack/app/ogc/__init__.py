"""What the store of a place answers by OGC API Features, read only.

Part 1, Core, with GeoJSON, HTML and OpenAPI 3.0 (OGC 17-069r4); Part 2, Coordinate Reference
Systems by Reference (OGC 18-058r1). A request is read strictly, what it asks for is read from the
store as it stands at one moment, and answered as JSON; who shows it as a page reads that.
"""
