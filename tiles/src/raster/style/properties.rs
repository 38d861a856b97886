//! The properties of rules: to which kind each belongs, in which part it stands, what it must be, and whether it is drawn.
//!
//! Those that are drawn are listed for readers in `docs/styles.md`; a test holds that list to this one.

use super::super::expression::Wanted;
use super::Kind;
use Kind::{Background, Circle, Fill, Line, Symbol};
use Part::{Layout, Paint};
use Wanted::{Bool, Color, Icon, Names, Number, Numbers, Offsets, Pattern, Share, Size, Text, Word, Words, Writing};

/// The part of a rule that a property stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Layout,
    Paint,
}

impl Part {
    pub(super) const ALL: [Self; 2] = [Layout, Paint];

    pub(super) fn name(self) -> &'static str {
        match self {
            Layout => "layout",
            Paint => "paint",
        }
    }
}

/// One property.
#[derive(Debug)]
pub(super) struct Property {
    pub(super) kind: Kind,
    pub(super) part: Part,
    pub(super) name: &'static str,
    /// What it must be; nothing of those that the specification has and this engine does not draw.
    pub(super) wanted: Option<Wanted>,
}

const fn drawn(kind: Kind, part: Part, name: &'static str, wanted: Wanted) -> Property {
    Property { kind, part, name, wanted: Some(wanted) }
}

const fn not_drawn(kind: Kind, part: Part, name: &'static str) -> Property {
    Property { kind, part, name, wanted: None }
}

/// Widest stroke and largest circle, style pixels: more than any picture has.
const WIDEST: Wanted = Size(10_000.0);
/// Largest letters, style pixels.
const LARGEST_LETTERS: Wanted = Size(64.0);
/// Largest icon, in sizes of its drawing.
const LARGEST_ICON: Wanted = Size(20.0);
/// Dashes and gaps, in widths of the line.
const DASHES: Wanted = Numbers { least: 0, most: 32, range: [0.0, 10_000.0] };
/// Across and down, in ems.
const OFFSET: Wanted = Numbers { least: 2, most: 2, range: [-100.0, 100.0] };
/// Across and down, style pixels.
const SHIFT: Wanted = Numbers { least: 2, most: 2, range: [-512.0, 512.0] };
/// Widest gap of a casing, style pixels: twice as far as a line lies beside itself.
const WIDEST_GAP: Wanted = Size(48.0);
const ALIGNMENTS: &[&str] = &["auto", "map", "viewport"];
const ANCHORS: &[&str] = &["center", "left", "right", "top", "bottom", "top-left", "top-right", "bottom-left", "bottom-right"];

/// All of them, in the order of the specification.
pub(super) static PROPERTIES: &[Property] = &[
    drawn(Background, Paint, "background-color", Color),
    drawn(Background, Paint, "background-opacity", Share),
    drawn(Background, Paint, "background-pattern", Pattern),
    drawn(Fill, Paint, "fill-color", Color),
    drawn(Fill, Paint, "fill-opacity", Share),
    drawn(Fill, Paint, "fill-outline-color", Color),
    drawn(Fill, Paint, "fill-pattern", Pattern),
    not_drawn(Fill, Layout, "fill-sort-key"),
    not_drawn(Fill, Paint, "fill-antialias"),
    not_drawn(Fill, Paint, "fill-translate"),
    not_drawn(Fill, Paint, "fill-translate-anchor"),
    drawn(Line, Layout, "line-cap", Word(&["butt", "round", "square"])),
    drawn(Line, Layout, "line-join", Word(&["miter", "round", "bevel"])),
    drawn(Line, Layout, "line-miter-limit", Size(100.0)),
    drawn(Line, Paint, "line-color", Color),
    drawn(Line, Paint, "line-width", WIDEST),
    drawn(Line, Paint, "line-opacity", Share),
    drawn(Line, Paint, "line-dasharray", DASHES),
    drawn(Line, Paint, "line-gap-width", WIDEST_GAP),
    drawn(Line, Paint, "line-offset", Number),
    not_drawn(Line, Layout, "line-round-limit"),
    not_drawn(Line, Layout, "line-sort-key"),
    not_drawn(Line, Paint, "line-blur"),
    not_drawn(Line, Paint, "line-gradient"),
    not_drawn(Line, Paint, "line-pattern"),
    not_drawn(Line, Paint, "line-translate"),
    not_drawn(Line, Paint, "line-translate-anchor"),
    drawn(Circle, Paint, "circle-color", Color),
    drawn(Circle, Paint, "circle-radius", WIDEST),
    drawn(Circle, Paint, "circle-opacity", Share),
    drawn(Circle, Paint, "circle-stroke-color", Color),
    drawn(Circle, Paint, "circle-stroke-width", WIDEST),
    drawn(Circle, Paint, "circle-blur", Share),
    drawn(Circle, Paint, "circle-stroke-opacity", Share),
    not_drawn(Circle, Layout, "circle-sort-key"),
    not_drawn(Circle, Paint, "circle-pitch-alignment"),
    not_drawn(Circle, Paint, "circle-pitch-scale"),
    not_drawn(Circle, Paint, "circle-translate"),
    not_drawn(Circle, Paint, "circle-translate-anchor"),
    drawn(Symbol, Layout, "symbol-placement", Text),
    drawn(Symbol, Layout, "symbol-sort-key", Number),
    drawn(Symbol, Layout, "icon-image", Icon),
    drawn(Symbol, Layout, "icon-size", LARGEST_ICON),
    drawn(Symbol, Layout, "icon-allow-overlap", Bool),
    drawn(Symbol, Layout, "icon-rotation-alignment", Word(ALIGNMENTS)),
    drawn(Symbol, Layout, "text-field", Writing),
    drawn(Symbol, Layout, "text-font", Names),
    drawn(Symbol, Layout, "text-size", LARGEST_LETTERS),
    drawn(Symbol, Layout, "text-max-width", Size(100.0)),
    drawn(Symbol, Layout, "text-anchor", Word(ANCHORS)),
    drawn(Symbol, Layout, "text-variable-anchor", Words(ANCHORS)),
    drawn(Symbol, Layout, "text-variable-anchor-offset", Offsets(ANCHORS)),
    drawn(Symbol, Layout, "text-offset", OFFSET),
    drawn(Symbol, Layout, "text-radial-offset", Size(100.0)),
    drawn(Symbol, Layout, "text-allow-overlap", Bool),
    drawn(Symbol, Layout, "text-optional", Bool),
    drawn(Symbol, Layout, "symbol-avoid-edges", Bool),
    drawn(Symbol, Layout, "symbol-spacing", Size(10_000.0)),
    drawn(Symbol, Layout, "icon-anchor", Word(ANCHORS)),
    drawn(Symbol, Layout, "icon-ignore-placement", Bool),
    drawn(Symbol, Layout, "icon-offset", SHIFT),
    drawn(Symbol, Layout, "icon-optional", Bool),
    drawn(Symbol, Layout, "icon-padding", Size(100.0)),
    drawn(Symbol, Layout, "icon-rotate", Number),
    drawn(Symbol, Layout, "text-ignore-placement", Bool),
    drawn(Symbol, Layout, "text-justify", Word(&["auto", "left", "center", "right"])),
    drawn(Symbol, Layout, "text-keep-upright", Bool),
    drawn(Symbol, Layout, "text-letter-spacing", Number),
    drawn(Symbol, Layout, "text-line-height", Size(4.0)),
    drawn(Symbol, Layout, "text-max-angle", Size(180.0)),
    drawn(Symbol, Layout, "text-padding", Size(100.0)),
    drawn(Symbol, Layout, "text-rotate", Number),
    drawn(Symbol, Layout, "text-rotation-alignment", Word(ALIGNMENTS)),
    drawn(Symbol, Layout, "text-transform", Word(&["none", "uppercase", "lowercase"])),
    drawn(Symbol, Paint, "icon-opacity", Share),
    drawn(Symbol, Paint, "text-color", Color),
    drawn(Symbol, Paint, "text-halo-color", Color),
    drawn(Symbol, Paint, "text-halo-width", Size(32.0)),
    drawn(Symbol, Paint, "text-opacity", Share),
    not_drawn(Symbol, Layout, "symbol-z-order"),
    not_drawn(Symbol, Layout, "icon-keep-upright"),
    not_drawn(Symbol, Layout, "icon-overlap"),
    not_drawn(Symbol, Layout, "icon-pitch-alignment"),
    not_drawn(Symbol, Layout, "icon-text-fit"),
    not_drawn(Symbol, Layout, "icon-text-fit-padding"),
    not_drawn(Symbol, Layout, "text-overlap"),
    not_drawn(Symbol, Layout, "text-pitch-alignment"),
    not_drawn(Symbol, Layout, "text-writing-mode"),
    not_drawn(Symbol, Paint, "icon-color"),
    not_drawn(Symbol, Paint, "icon-halo-blur"),
    not_drawn(Symbol, Paint, "icon-halo-color"),
    not_drawn(Symbol, Paint, "icon-halo-width"),
    not_drawn(Symbol, Paint, "icon-translate"),
    not_drawn(Symbol, Paint, "icon-translate-anchor"),
    not_drawn(Symbol, Paint, "text-halo-blur"),
    not_drawn(Symbol, Paint, "text-translate"),
    not_drawn(Symbol, Paint, "text-translate-anchor"),
];

/// The property of a name.
pub(super) fn property(kind: Kind, name: &str) -> Option<&'static Property> {
    PROPERTIES.iter().find(|property| property.kind == kind && property.name == name)
}

/// The names of those of a kind that are drawn.
pub(super) fn names(kind: Kind) -> Vec<&'static str> {
    let drawn = PROPERTIES.iter().filter(|property| property.kind == kind && property.wanted.is_some());
    drawn.map(|property| property.name).collect()
}
