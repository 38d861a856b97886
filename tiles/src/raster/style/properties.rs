//! The properties of rules: to which kind each belongs, in which part it stands, what it must be, what it is where a style does not
//! say, and whether it is drawn.
//!
//! Those that are drawn are listed for readers in `docs/styles.md`; a test holds that list to this one.

use super::super::color::{self, Rgba};
use super::super::expression::{Val, Wanted};
use super::Kind;
use Kind::{Background, Circle, Fill, Line, Symbol};
use Part::{Layout, Paint};
use Usual::{Amount, Amounts, Anything, Flag, Named, Nothing};
use Varies::{Data, Zoom};
use Wanted::{Between, Bool, Color, Fonts, Icon, Number, Numbers, Offsets, Pattern, Share, Size, Text, Word, Words, Writing};

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

/// What the value of a property may depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Varies {
    /// The zoom alone.
    Zoom,
    /// The zoom and what is drawn.
    Data,
}

/// What a property is where a style does not say, as the specification has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Usual {
    Nothing,
    Flag(bool),
    Amount(f64),
    Named(&'static str),
    Amounts(&'static [f64]),
    /// Whatever it is, it changes nothing in a picture that is seen from above.
    Anything,
}

impl Usual {
    /// As a number; 0 if it is none.
    pub(super) fn amount(self) -> f64 {
        if let Amount(number) = self { number } else { 0.0 }
    }

    /// As a colour, if it is one.
    pub(super) fn color(self) -> Option<Rgba> {
        if let Named(text) = self { color::parse(text) } else { None }
    }

    /// Whether it is the same as what a style says.
    pub(super) fn is(self, value: &Val) -> bool {
        match (self, value) {
            (Flag(usual), Val::Bool(said)) => usual == *said,
            (Amount(usual), Val::Number(said)) => usual == *said,
            (Named(usual), Val::Text(said)) => *usual == **said,
            (Anything, _) => true,
            (Amounts(usual), Val::List(said)) => usual.iter().copied().map(Some).eq(said.iter().map(Val::number)),
            _ => false,
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
    pub(super) varies: Varies,
    pub(super) usual: Usual,
}

impl Property {
    /// The number nearest to one that may be drawn.
    pub(super) fn tamed(&self, number: f64) -> f64 {
        self.wanted.map_or(number, |wanted| wanted.tamed(number))
    }
}

const fn shown(kind: Kind, part: Part, name: &'static str, wanted: Wanted, varies: Varies, usual: Usual) -> Property {
    Property { kind, part, name, wanted: Some(wanted), varies, usual }
}

const fn not_shown(kind: Kind, part: Part, name: &'static str, usual: Usual) -> Property {
    Property { kind, part, name, wanted: None, varies: Data, usual }
}

/// Widest line, style pixels: wider ones would show in tiles that do not see them.
const WIDEST: Wanted = Size(256.0);
/// Largest circle from its middle, and widest ring around one, style pixels, for the same reason.
const LARGEST_CIRCLE: Wanted = Size(256.0);
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
    shown(Background, Paint, "background-color", Color, Zoom, Named("#000000")),
    shown(Background, Paint, "background-opacity", Share, Zoom, Amount(1.0)),
    shown(Background, Paint, "background-pattern", Pattern, Zoom, Nothing),
    shown(Fill, Paint, "fill-color", Color, Data, Named("#000000")),
    shown(Fill, Paint, "fill-opacity", Share, Data, Amount(1.0)),
    shown(Fill, Paint, "fill-outline-color", Color, Data, Nothing),
    shown(Fill, Paint, "fill-pattern", Pattern, Data, Nothing),
    not_shown(Fill, Layout, "fill-sort-key", Nothing),
    not_shown(Fill, Paint, "fill-antialias", Flag(true)),
    not_shown(Fill, Paint, "fill-translate", Amounts(&[0.0, 0.0])),
    not_shown(Fill, Paint, "fill-translate-anchor", Anything),
    not_shown(Fill, Paint, "fill-layer-opacity", Amount(1.0)),
    not_shown(Fill, Paint, "fill-layer-blend", Named("normal")),
    shown(Line, Layout, "line-cap", Word(&["butt", "round", "square"]), Data, Named("butt")),
    shown(Line, Layout, "line-join", Word(&["miter", "round", "bevel"]), Data, Named("miter")),
    shown(Line, Layout, "line-miter-limit", Size(100.0), Data, Amount(2.0)),
    shown(Line, Paint, "line-color", Color, Data, Named("#000000")),
    shown(Line, Paint, "line-width", WIDEST, Data, Amount(1.0)),
    shown(Line, Paint, "line-opacity", Share, Data, Amount(1.0)),
    shown(Line, Paint, "line-dasharray", DASHES, Data, Nothing),
    shown(Line, Paint, "line-gap-width", WIDEST_GAP, Data, Amount(0.0)),
    shown(Line, Paint, "line-offset", Number, Data, Amount(0.0)),
    not_shown(Line, Layout, "line-round-limit", Amount(1.05)),
    not_shown(Line, Layout, "line-sort-key", Nothing),
    not_shown(Line, Paint, "line-blur", Amount(0.0)),
    not_shown(Line, Paint, "line-gradient", Nothing),
    not_shown(Line, Paint, "line-pattern", Nothing),
    not_shown(Line, Paint, "line-translate", Amounts(&[0.0, 0.0])),
    not_shown(Line, Paint, "line-translate-anchor", Anything),
    not_shown(Line, Paint, "line-layer-opacity", Amount(1.0)),
    not_shown(Line, Paint, "line-layer-blend", Named("normal")),
    shown(Circle, Paint, "circle-color", Color, Data, Named("#000000")),
    shown(Circle, Paint, "circle-radius", LARGEST_CIRCLE, Data, Amount(5.0)),
    shown(Circle, Paint, "circle-opacity", Share, Data, Amount(1.0)),
    shown(Circle, Paint, "circle-stroke-color", Color, Data, Named("#000000")),
    shown(Circle, Paint, "circle-stroke-width", LARGEST_CIRCLE, Data, Amount(0.0)),
    shown(Circle, Paint, "circle-blur", Share, Data, Amount(0.0)),
    shown(Circle, Paint, "circle-stroke-opacity", Share, Data, Amount(1.0)),
    not_shown(Circle, Layout, "circle-sort-key", Nothing),
    not_shown(Circle, Paint, "circle-pitch-alignment", Anything),
    not_shown(Circle, Paint, "circle-pitch-scale", Anything),
    not_shown(Circle, Paint, "circle-translate", Amounts(&[0.0, 0.0])),
    not_shown(Circle, Paint, "circle-translate-anchor", Anything),
    shown(Symbol, Layout, "symbol-placement", Text, Zoom, Named("point")),
    shown(Symbol, Layout, "symbol-sort-key", Number, Data, Nothing),
    shown(Symbol, Layout, "icon-image", Icon, Data, Nothing),
    shown(Symbol, Layout, "icon-size", LARGEST_ICON, Data, Amount(1.0)),
    shown(Symbol, Layout, "icon-allow-overlap", Bool, Zoom, Flag(false)),
    shown(Symbol, Layout, "icon-rotation-alignment", Word(ALIGNMENTS), Data, Named("auto")),
    shown(Symbol, Layout, "text-field", Writing, Data, Named("")),
    shown(Symbol, Layout, "text-font", Fonts, Data, Nothing),
    shown(Symbol, Layout, "text-size", LARGEST_LETTERS, Data, Amount(16.0)),
    shown(Symbol, Layout, "text-max-width", Between([1.0, 100.0]), Data, Amount(10.0)),
    shown(Symbol, Layout, "text-anchor", Word(ANCHORS), Data, Named("center")),
    shown(Symbol, Layout, "text-variable-anchor", Words(ANCHORS), Zoom, Nothing),
    shown(Symbol, Layout, "text-variable-anchor-offset", Offsets(ANCHORS), Data, Nothing),
    shown(Symbol, Layout, "text-offset", OFFSET, Data, Amounts(&[0.0, 0.0])),
    shown(Symbol, Layout, "text-radial-offset", Size(100.0), Data, Amount(0.0)),
    shown(Symbol, Layout, "text-allow-overlap", Bool, Zoom, Flag(false)),
    shown(Symbol, Layout, "text-optional", Bool, Zoom, Flag(false)),
    shown(Symbol, Layout, "symbol-avoid-edges", Bool, Zoom, Flag(false)),
    shown(Symbol, Layout, "symbol-spacing", Between([1.0, 10_000.0]), Zoom, Amount(250.0)),
    shown(Symbol, Layout, "icon-anchor", Word(ANCHORS), Data, Named("center")),
    shown(Symbol, Layout, "icon-ignore-placement", Bool, Zoom, Flag(false)),
    shown(Symbol, Layout, "icon-offset", SHIFT, Data, Amounts(&[0.0, 0.0])),
    shown(Symbol, Layout, "icon-optional", Bool, Zoom, Flag(false)),
    shown(Symbol, Layout, "icon-padding", Size(100.0), Data, Amount(2.0)),
    shown(Symbol, Layout, "icon-rotate", Number, Data, Amount(0.0)),
    shown(Symbol, Layout, "text-ignore-placement", Bool, Zoom, Flag(false)),
    shown(Symbol, Layout, "text-justify", Word(&["auto", "left", "center", "right"]), Data, Named("center")),
    shown(Symbol, Layout, "text-keep-upright", Bool, Zoom, Flag(true)),
    shown(Symbol, Layout, "text-letter-spacing", Between([-0.5, 4.0]), Data, Amount(0.0)),
    shown(Symbol, Layout, "text-line-height", Between([0.5, 4.0]), Zoom, Amount(1.2)),
    shown(Symbol, Layout, "text-max-angle", Size(180.0), Zoom, Amount(45.0)),
    shown(Symbol, Layout, "text-padding", Size(100.0), Zoom, Amount(2.0)),
    shown(Symbol, Layout, "text-rotate", Number, Data, Amount(0.0)),
    shown(Symbol, Layout, "text-rotation-alignment", Word(ALIGNMENTS), Zoom, Named("auto")),
    shown(Symbol, Layout, "text-transform", Word(&["none", "uppercase", "lowercase"]), Data, Named("none")),
    shown(Symbol, Paint, "icon-opacity", Share, Data, Amount(1.0)),
    shown(Symbol, Paint, "text-color", Color, Data, Named("#000000")),
    shown(Symbol, Paint, "text-halo-color", Color, Data, Named("rgba(0, 0, 0, 0)")),
    shown(Symbol, Paint, "text-halo-width", Size(32.0), Data, Amount(0.0)),
    shown(Symbol, Paint, "text-opacity", Share, Data, Amount(1.0)),
    not_shown(Symbol, Layout, "symbol-z-order", Named("auto")),
    not_shown(Symbol, Layout, "icon-keep-upright", Flag(false)),
    not_shown(Symbol, Layout, "icon-overlap", Nothing),
    not_shown(Symbol, Layout, "icon-pitch-alignment", Anything),
    not_shown(Symbol, Layout, "icon-text-fit", Named("none")),
    not_shown(Symbol, Layout, "icon-text-fit-padding", Amounts(&[0.0, 0.0, 0.0, 0.0])),
    not_shown(Symbol, Layout, "text-overlap", Nothing),
    not_shown(Symbol, Layout, "text-pitch-alignment", Anything),
    not_shown(Symbol, Layout, "text-writing-mode", Nothing),
    not_shown(Symbol, Paint, "icon-color", Named("#000000")),
    not_shown(Symbol, Paint, "icon-halo-blur", Amount(0.0)),
    not_shown(Symbol, Paint, "icon-halo-color", Named("rgba(0, 0, 0, 0)")),
    not_shown(Symbol, Paint, "icon-halo-width", Amount(0.0)),
    not_shown(Symbol, Paint, "icon-translate", Amounts(&[0.0, 0.0])),
    not_shown(Symbol, Paint, "icon-translate-anchor", Anything),
    not_shown(Symbol, Paint, "text-halo-blur", Amount(0.0)),
    not_shown(Symbol, Paint, "text-translate", Amounts(&[0.0, 0.0])),
    not_shown(Symbol, Paint, "text-translate-anchor", Anything),
    not_shown(Symbol, Layout, "symbol-height-offset", Amount(0.0)),
    not_shown(Symbol, Layout, "symbol-height-anchor", Named("ground")),
];

/// The property of a name.
pub(super) fn property(kind: Kind, name: &str) -> Option<&'static Property> {
    PROPERTIES.iter().find(|property| property.kind == kind && property.name == name)
}

/// Those of a kind that are drawn.
pub(super) fn drawn(kind: Kind) -> impl Iterator<Item = &'static Property> {
    PROPERTIES.iter().filter(move |property| property.kind == kind && property.wanted.is_some())
}
