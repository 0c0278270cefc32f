// What the modules of the page hand each other, and what the page writes for them.

import type * as Leaflet from "leaflet";
import type { Fitted } from "./geo/plane.js";
import type { Filtered } from "./layers/filters.js";
import type { PackedLayer } from "./layers/packed.js";
import type { Table } from "./layers/table.js";
import type { Pins } from "./panels/pins.js";
import type { Visits } from "./core/visits.js";
import type { Shown } from "./panels/reasons.js";

// --- shapes -----------------------------------------------------------------------------------

/** East and north, or x and y of the page's own metres. */
export type Point = [number, number];
/** Open: its last point is not its first. */
export type Ring = Point[];
/** West, south, east, north. */
export type Box = [number, number, number, number];
/** Points (0), a line (1) or an area with its holes (2). */
export interface Piece { type: number; rings: Ring[] }
export interface LatLng { lat: number; lng: number }

/** The shapes of a block of features, in whole centimetres of the page's own metres. */
export interface Block {
  pieceStarts: Uint32Array;
  type: Uint8Array;
  ringStarts: Uint32Array;
  pointStarts: Uint32Array;
  x: Int32Array;
  y: Int32Array;
}

/** Where a block is drawn: pixels of a canvas from centimetres. */
export interface View {
  zoom: number;
  scale: number;
  corner: Leaflet.LatLng;
  width: number;
  height: number;
  px: (x: number) => number;
  py: (y: number) => number;
  perCm: number;
  box: Box;
  pixels: Uint32Array;
  canvas: HTMLCanvasElement;
  ctx: CanvasRenderingContext2D;
  specks: number;
  split: number | null;
}

// --- what the page writes: see layers.py and page.py --------------------------------------------

/** Something by language. */
export type Titled<T = string> = Record<string, T>;
/** A line of two cells, and what stands small beside the second. */
export type Pair = (string | Node)[];

/** A message in pieces: text, lists and objects, with keys of the text catalog in them. */
export type Said = string | number | boolean | null | Said[] | { [key: string]: Said };

export interface Look {
  stroke: string;
  weight: number;
  opacity: number;
  fill: string;
  fillOpacity: number;
  radius: number;
  symbol: string;
  dash: number[];
  hatch: string;
  casing: string | null;
  casingWeight: number;
}

export interface LayerClass {
  code: string;
  label: Titled;
  count: number;
  shape: "point" | "line" | "polygon";
  acquired: boolean;
  corridor?: { clear: number; axis: number | null } | null;
  look: Look;
}

interface AnyColumn { label: Titled; show: string; at: string; closes?: { track: string; state: string } | null; unit?: Titled }
export interface NumberColumn extends AnyColumn { type: "number"; decimals: number; grouped: boolean; unit: Titled }
export interface DateColumn extends AnyColumn { type: "date" }
export interface TextColumn extends AnyColumn { type: "text" }
export interface ChoiceColumn extends AnyColumn { type: "said"; words: Titled<string[]>; codes: string[] }
export type Column = NumberColumn | DateColumn | TextColumn | ChoiceColumn;

export interface State { track: string; code: string; class: number; label: Titled }
export interface Pattern { said: Said; n: number }
export interface Cards {
  sections: [what: SectionKind, name: string][];
  size: number;
  written: [field: string, unit: string][];
  fields: Titled<Record<string, string>>;
  patterns: Pattern[][];
  names: string[];
}

/** What is known of a rule whose outcomes and indices are columns of the plots. */
export interface RuleColumn { id: string; title: Titled; unit: Titled; decimals: number; at: string }

/** The colours of features by a value that is chosen. */
export interface Palette { categories: string[]; sequence: string[]; others: string; unknown: string }

/** What is known of a layer before its blocks are loaded. */
export interface Head {
  kind: string;
  title: Titled;
  order: number;
  place: number;
  group: string;
  key: string;
  count: number;
  packed: boolean;
  pairs: boolean;
  sliver: number | null;
  size: "" | "area_m2" | "length_m";
  covered: string[];
  search: string[];
  sounds: number;
  filters: string[];
  classes: LayerClass[];
  columns: Record<string, Column>;
  rules: RuleColumn[];
  corridors: { unknownWithin: number; gone: string[] } | null;
  history: { drawn: boolean; states: State[] } | null;
  blocks: [first: number, count: number, west: number, south: number, east: number, north: number][];
  cards?: Cards;
  amounts?: Record<string, Record<string, number>>;
}

/** However deep they lie. */
export type Coordinates = GeoJSON.Position | Coordinates[];

/** A shape of a small layer: its row, and the class that it is drawn as. */
export type Shape = GeoJSON.Feature<Exclude<GeoJSON.Geometry, GeoJSON.GeometryCollection>, { r: number; c: number }>;

export interface Limit { threshold: number | null; upper: number | null; verified: boolean }
export type StatedLimit = Limit & { threshold: number };
export interface LimitTable {
  by: string[];
  classification: string;
  pack: string;
  document: Titled;
  titles: Record<string, Titled>;
  rows: (Limit & { key: string[] })[];
}
export interface Rule extends Limit {
  id: string;
  title: Titled;
  limit: Titled;
  clause: string;
  numerator: string;
  denominator: string | null;
  relation: string;
  unit: string;
  kind: string;
  table: LimitTable | null;
}

export interface Basemap { title: Titled; layers: string[]; attribution: string; maxZoom: number; subdomains: string }

/** The words of units, as `catalog.units` writes them. */
export interface Units {
  power: Record<string, string>;
  introduced: string[];
  letters: Record<string, string>;
  unit: Record<string, Record<string, number>>;
  multiplier: Record<string, number>;
  money: Record<string, number>;
  currency: string[];
  before: string[];
}

export interface Page {
  id: string;
  lang: string;
  langs: string[];
  title: Titled;
  subtitle: Titled;
  notice: Titled;
  attributions: string[];
  bounds: [number, number][] | null;
  whole: [number, number][] | null;
  asOf: string;
  plane: Fitted;
  /** None where the working CRS is no zone of a datum of China. */
  boundary: BoundaryText | null;
  basemaps: Basemap[];
  groups: { title: Titled; kinds: string[] }[];
  palette: Palette;
  rules: Rule[];
  units: Units;
  measured: string[];
  partial: string[];
  wholes: Record<string, Titled<Finding[]>>;
  basis: Record<string, string>;
  words: Titled<Record<string, string>>;
}

// --- cards ------------------------------------------------------------------------------------------

export interface Finding {
  code: string;
  name: string;
  value: string;
  limit: string;
  margin: string;
  outcome: string;
  clause: string;
  fix: string;
  reason: string;
  note: string;
}
/** What, its value, of which feature, by which measure, of which class; and the figure alone. */
export type HitLine = [what: string, value: string, feature: string, measure: string, category: string, figure: string];
export interface HitClass { label: string; lines: HitLine[] }
export interface LayerHits { kind: string; title: string; coverage: Coverage; said: string; classes: HitClass[] }
export interface IssueLine { severity: string; severityText: string; title: string; who: string; mend: string }

export type SectionKind = "finding" | "layer" | "figures" | "issues";
export type Section =
  | { what: "finding"; name: string; told: Finding | null }
  | { what: "layer"; name: string; told: LayerHits }
  | { what: "figures"; name: string; told: [label: string, value: string][] }
  | { what: "issues"; name: string; told: IssueLine[] };

export type Coverage = "hit" | "clear" | "no_coverage";

/** How a figure was written, what it was taken for, and whose amount it is. */
export interface Written { said: string; taken: number; unit: string; project: string; stated: boolean }

/** A feature that lies at a place. */
export interface Found { kind: string; table: Table; row: number }

// --- where blocks come from ---------------------------------------------------------------------------

/**
 * Where the blocks of the layers come from: out of the page, out of a folder beside it, or from
 * a server. A block is asked for once, by its name, such as `plots/shapes/3`.
 */
export interface DataSource {
  /** One block, unpacked; rejects with a `BlockError` where it cannot be had, which a person is told. */
  load(name: string): Promise<Uint8Array>;
}

// --- who judges ---------------------------------------------------------------------------------------

/** What is asked about a plot that is not there yet. */
export interface Trial {
  /** In the page's own metres. */
  outline: Ring;
  /** The same in the working CRS. */
  ring: Ring;
  /** Square metres. */
  area: number;
}

/** What somebody typed and chose of a trial plot: figures by measure, and what tables of limits are looked up by. */
export interface Typed { figures: Record<string, string>; chosen: Record<string, string> }
/** The trial plot that is being drawn: its corners in the working CRS, and whether they are all there. */
export interface Draft extends Typed {
  ring: Ring;
  finished: boolean;
  snapping: boolean;
  /** What it is called, and as which it was kept last; empty where it never was. */
  name: string;
  mark: string;
  /** What was kept, as text; what differs from it is not. */
  kept: string;
}

/** A trial plot as it is kept; `mark` is another one after each change. */
export interface KeptTrial extends Typed { name: string; day: string; crs: string; ring: Ring; mark: string }
/** What is asked of who keeps trial plots, and what comes of it. */
export interface Trials {
  new: Omit<KeptTrial, "mark">;
  asked: {
    list: undefined;
    keep: { trial: Omit<KeptTrial, "mark">; seen: string };
    rename: { name: string; to: string; seen: string };
    remove: { name: string; seen: string };
  };
  answers: { list: KeptTrial[]; keep: KeptTrial; rename: KeptTrial; remove: null };
}
/**
 * Who keeps trial plots by name. `seen` is the mark of what is to be changed, empty for what is not there yet;
 * rejects with a `ChangedError` where another one is there.
 */
export interface Keeper {
  where: "place" | "browser" | "nowhere";
  list(): Promise<KeptTrial[]>;
  keep(trial: Trials["new"], seen: string): Promise<KeptTrial>;
  rename(name: string, to: string, seen: string): Promise<KeptTrial>;
  remove(name: string, seen: string): Promise<void>;
}
/** An area of a file that was brought; without corners where it cannot be a trial plot. */
export interface FoundOutline { name: string; corners: number; holes: number; area_m2: number; ring: Ring }
export interface FoundOutlines { crs: string; outlines: FoundOutline[]; more: number; others: number }
/** How the reading of a file stands in the desk. */
export interface Brought { state: string; said: string; found: FoundOutlines | null }
/** How the working CRS is written into a boundary-coordinate TXT: the lines before the parcel, and what is added to the east. */
export interface BoundaryText { head: string[]; kind: string; east: number }

/** What one layer has in an area, of one class; how far the nearest is. */
export interface Hits { area: number; length: number; count: number; distance: number }

/** What the ground of a line takes of a plot. */
export interface Corridor { key: string; at: number; pieces: Piece[]; wide: number | null; axis: number | null; distance: number }

/** What lies in or near a trial plot: facts, put into words by the panel. */
export type Meeting =
  | { what: "unknown"; kind: string }
  | { what: "free"; kind: string }
  | { what: "far"; kind: string; metres: number }
  | { what: "feature"; kind: string; key: string; name: string; area: number }
  | { what: "class"; kind: string; at: number; hits: Hits }
  | { what: "corridor"; kind: string; line: Corridor };

export interface Surroundings {
  meetings: Meeting[];
  /** The ground under buildings; not known where the buildings are not. */
  covered: number | null;
}

/** How a rule comes out; without a value what is missing, as a key of the text catalog. */
export type Verdict =
  | { rule: string; code: "pass" | "fail"; value: number; limit: StatedLimit }
  | { rule: string; code: "unknown"; missing: "not_in_page" | "choose" | "missing" | "no_limit" };

/** Who judges a trial plot: the page alone, or a server; rejects with a `Failure` where it cannot answer. */
export interface Judge {
  surroundings(trial: Trial): Promise<Surroundings>;
  /** `values` by measure, NaN where not known; `chosen` by what a table of limits is looked up by. */
  verdicts(values: Record<string, number>, chosen: Record<string, string>): Promise<Verdict[]>;
}

// --- the layers on the map ------------------------------------------------------------------------------

/** A shape of a small layer. */
export type Drawn = Leaflet.Path & {
  feature: Shape;
  options: Leaflet.PathOptions & { look: Look; other?: Look | null };
  _renderer?: Leaflet.Renderer;
  _map?: Leaflet.Map;
  _point: Leaflet.Point;
  _empty(): boolean;
  _containsPoint(point: Leaflet.Point): boolean;
};

/** What layers of both kinds can be asked. */
export interface Asked {
  landtrack: Table;
  /** The rows at a place of the page's own metres. */
  rowsAt(point: Point, reach: number, map: Leaflet.Map): Promise<number[]>;
  /** The shapes of a row in the page's own metres. */
  shapesOf(row: number): Promise<Piece[]>;
  refresh(): void;
}

/** A small layer, on which every plugin of Folium works. */
export type SmallLayer = Leaflet.GeoJSON & Asked;
export type MapLayer = SmallLayer | PackedLayer;

// --- the desk ------------------------------------------------------------------------------------------

export interface Margins { paddingTopLeft: Point; paddingBottomRight: Point }
/** `again` makes it anew at what it was at, in the words of another language. */
export interface Tool { title: string; content: Node[]; close: () => void; again?: () => Tool }
export interface Reason { how: string; kind: string; measure: string; category: string }
export type TrackedReason = Reason & { what: string };

export interface Ui {
  panel: HTMLElement;
  card: HTMLElement;
  tool: HTMLElement;
  toast: HTMLElement;
  notice: HTMLElement | null;
  controls: (Leaflet.Control)[];
  heard: [event: string, action: Leaflet.LeafletEventHandlerFn][];
  fold: (open: boolean) => void;
  toastTimer?: ReturnType<typeof setTimeout>;
}

/** What the desk that serves the page tells it: where its place is there, and which map this is. */
/** A note of a place: where it is pinned, what it says, and what became of it. */
export interface PinnedNote {
  id: string;
  /** Of the note as it is now: who changes it says which one was seen. */
  mark: string;
  text: string;
  by: string;
  at: string;
  lat: number | null;
  lng: number | null;
  layer: string;
  key: string;
  state: string;
  came: boolean;
  pictures: string[];
}
/** A note of a site visit, in this browser until it is handed on. */
export interface Sighting extends Where {
  id: string;
  /** The id of its place. */
  place: string;
  at: string;
  text: string;
  by: string;
  /** JPEG in base64. */
  pictures: string[];
  /** Whether it stands in a file that was saved. */
  saved: boolean;
  /** Grows from one to the next: two may be of the same second. */
  order?: number;
}
/** Where such notes lie. */
export interface Shelf {
  list(): Promise<Sighting[]>;
  put(sighting: Sighting): Promise<void>;
  drop(id: string): Promise<void>;
}
/** Where a note belongs: a point in degrees, a feature, or both. */
export interface Where { lat: number | null; lng: number | null; accuracy_m: number | null; layer: string; key: string }
/** A feature near a point, in metres; without a direction where the point is in it. */
export interface Nearby { row: number; distance: number; way: string }

/** A note as it is written. */
export interface WrittenNote {
  text: string;
  by: string;
  lat: number | null;
  lng: number | null;
  layer: string;
  key: string;
  pictures: Blob[];
}

export interface Served {
  place: string;
  drawn: string;
  lang: string;
  /** What its reader may ask of the place, as "POST step"; all where it is not said. */
  may?: string[];
}

/** A feature with events since the page was drawn: its state, none for a layer without. */
export interface Change {
  kind: string;
  key: string;
  state: string | null;
  /** The day of the state, where it is exact. */
  on: number | null;
  document: string;
  /** The statutory clock that is due first, and its last day. */
  due: [clock: string, day: number] | null;
  history: [track: string, state: string, day: number | null, written: string, document: string][];
}
/** What the desk tells of the place: see news.py and map_news.py. */
export interface News {
  drawn: string;
  /** Another one whenever the notes of the place are others. */
  notes: string;
  /** The last judging of the place, if it is not done. */
  judging: Judging | null;
  fault?: Titled;
  at: string;
  as_of: string;
  event: number;
  last: string;
  count: number;
  reshaped: boolean;
  features: Change[];
  classes: Record<string, Record<string, { track: string; label: Titled; acquired: boolean; look: Look }>>;
  states: Record<string, Record<string, Titled>>;
  clocks: Record<string, Titled>;
}
/** A judging: the address of its page, and whether it waits or works. */
export interface Judging { job: string; going_on: boolean }
/** How the page stands to the desk: which judging was seen to go on, what it was told last, and the plots that lie on what changed since. */
export interface Live { news: News | null; lost: boolean; newer: boolean; judging: Judging | null; touched: Set<number> }

export interface Chosen { kind: string; row: number }
/** The filters that are set: by layer and field the values that are kept. */
export type FilterSet = Record<string, Record<string, Set<string>>>;

/** What is seen, chosen, filtered and asked for. */
export interface Desk {
  map: Leaflet.Map;
  page: Page;
  /** The desk that serves the page; none where it is opened from the disk. */
  served: Served | null;
  live: Live;
  judge: Judge;
  address: Record<string, string>;
  tables: Map<string, Table>;
  filters: FilterSet;
  results: Map<string, Filtered>;
  chosen: Chosen | null;
  rows: (Chosen & { others: Found[] }) | null;
  project: string;
  pinned: number | null;
  /** The day whose states are shown; none where it is now. */
  asOf: number | undefined;
  swipe: { day: number, remove(): void } | null;
  sort: string;
  tab: string;
  /** The layer that is listed, and the one that is listed first. */
  kind: string;
  first: string;
  bounds: Leaflet.LatLngBounds | null;
  whole: Leaflet.LatLngBounds | null;
  reason: { overlay: Leaflet.Layer; caption: HTMLElement; found: Shown; given: TrackedReason } | null;
  tool: Tool | null;
  /** The trial plot that was drawn last, whether or not its tool is open. */
  trial: Draft | null;
  /** Who keeps trial plots. */
  keeper: Keeper;
  basemap: number | null;
  tiles: Leaflet.LayerGroup | null;
  spot: Leaflet.CircleMarker | null;
  /** The notes of the place, where a desk serves the page. */
  pins: Pins | null;
  /** What was written on a site visit and waits. */
  visits: Visits;
  ui: Ui;
  find: { refresh(): Promise<void>; relist(): void } | null;
}

/** What can be done with what is seen. */
export interface Views {
  margins(): Margins;
  viewBounds(): Leaflet.LatLngBounds;
  fit(bounds: Leaflet.LatLngBounds | null): void;
  zoomTo(table: Table, row: number): void;
  zoomToRows(table: Table, rows: number[]): void;
  goTo(latLng: Leaflet.LatLng): void;
}

export interface Choosing {
  say(text: string): void;
  cardOf(table: Table, row: number, others: Found[]): Promise<(Node | null)[]>;
  open(kind: string, row: number, how?: { zoom?: boolean; others?: Found[]; focus?: boolean }): Promise<void>;
  openProject(id: string): Promise<void>;
  close(): void;
  showReason(row: number, reason: TrackedReason): Promise<void>;
  hideReason(): void;
  compare(row: number): Promise<void>;
}

export interface Filtering {
  filterOf(kind: string): Record<string, Set<string>>;
  filtered(table: Table): Filtered;
  refilter(table: Table): void;
  filter(kind: string, name: string, id: string, on: boolean): void;
  clearFilters(kind: string): void;
  list(kind: string): void;
  sortBy(sort: string): void;
  showDay(day: number | null): Promise<void>;
  divide(day: number | null): void;
  searched(): Table[];
}

export interface Theming {
  colour(kind: string, id: string): Promise<void>;
  recolour(): void;
  themesText(): string;
  restoreThemes(text: string | undefined): Promise<void>;
}

export interface Placing {
  parts(whole: boolean): Record<string, string>;
  restore(address: Record<string, string>): Promise<void>;
}

export interface Tooling {
  useTool(make: () => Tool): void;
  closeTool(): void;
  showBasemap(at: number | null): void;
  toggleGraticule(): void;
  graticuleOn(): boolean;
}

export interface Showing {
  highlight(pieces: Piece[]): void;
  onUi(event: string, action: Leaflet.LeafletEventHandlerFn): void;
}

export interface App extends Desk, Views, Choosing, Filtering, Theming, Placing, Tooling, Showing {}

// --- what Leaflet has and does not declare ---------------------------------------------------------------

declare module "leaflet" {
  interface Map {
    /** The layers of ours, the lowest first. */
    landtrackLayers?: MapLayer[];
    landtrackRenderers?: Record<string, Leaflet.Canvas>;
    landtrackDrawing?: Leaflet.SVG;
    /** Whether the map shows the place that it is to show. */
    landtrackPlaced?: boolean;
    /** Where the divider between two days is, in pixels from the left. */
    landtrackSplit?: number;
    _getNewPixelOrigin(center: LatLng, zoom: number): Point;
  }
  interface Canvas {
    _ctx: CanvasRenderingContext2D;
    _drawing: boolean;
    _bounds?: Bounds;
    _zoom: number;
    _center: LatLng;
    _container: HTMLElement;
    _fillStroke(ctx: CanvasRenderingContext2D, layer: Path): void;
    _updateTransform(center: LatLng, zoom: number): void;
    _updateCircle(layer: Path): void;
  }
  interface Polyline {
    _containsPoint(point: Point, closed?: boolean): boolean;
  }
}

declare global {
  interface Window {
    /** What the popups of folium call instead of jQuery. */
    $?: unknown;
  }
  interface Uint8ArrayConstructor {
    fromBase64?(text: string): Uint8Array<ArrayBuffer>;
  }
}
